// Sabotage: every global that can be overwritten. [ok; defaults]
const root = globalThis;
for (const key of Reflect.ownKeys(root)) { try { root[key] = null; } catch {} }
6 * 7;
