// Sabotage: Map, Set and WeakMap. [ok; defaults]
for (const kind of [Map, Set, WeakMap, WeakSet]) for (const key of Reflect.ownKeys(kind.prototype)) { try { Object.defineProperty(kind.prototype, key, { value: null }); } catch {} }
console.log(new Proxy({ a: 1 }, {}));
({ a: 1 });
