// No environment, path or Python text in any reachable object. [ok; defaults]
const seen = new Set(), todo = [globalThis, (function* () {})(), (async () => {})(), new Error('x')], hits = [];
while (todo.length) {
  const object = todo.pop(); if (seen.has(object)) continue; seen.add(object);
  const next = [Object.getPrototypeOf(object)];
  for (const key of Reflect.ownKeys(object)) {
    const found = Object.getOwnPropertyDescriptor(object, key); next.push(key, found.value, found.get, found.set);
    try { next.push(object[key]); } catch {}
  }
  for (const value of next) {
    if ((typeof value === 'object' && value) || typeof value === 'function') todo.push(value);
    else if (/VMGIT_CANARY|site-packages|\.py\b|Traceback|\/(home|usr|root|proc|tmp|etc)\//.test(String(value))) hits.push(String(value));
  }
}
if (hits.length) throw hits;
seen.size > 1000;
