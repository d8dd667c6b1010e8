// Sabotage: Iterator.prototype and async iterators. [ok; defaults]
for (const key of Reflect.ownKeys(Iterator.prototype)) { try { Object.defineProperty(Iterator.prototype, key, { value: () => { throw 1; } }); } catch {} }
console.log(new Map([[1, 2]]), new Set([1]));
new Map([[1, 2]]);
