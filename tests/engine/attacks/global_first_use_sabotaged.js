// Globals that are first used after their builtins were broken. [ok; defaults]
for (const key of ['map', 'push', 'join', 'slice']) Array.prototype[key] = () => { throw 'broken'; };
Reflect.apply = Object.defineProperty = null;
for (const use of [() => new URL('http://a/'), () => structuredClone({ a: [1] }), () => btoa('x'), () => new Event('a'), () => console.table([[1]]), () => crypto.randomUUID()]) { try { use(); } catch {} }
console.log({ a: [1] });
[1];
