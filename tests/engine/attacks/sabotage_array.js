// Sabotage: Array.prototype and its iterator. [ok; defaults]
const iterator = Object.getPrototypeOf([].values());
const keys = Reflect.ownKeys(Array.prototype);
for (let i = 0; i < keys.length; i++) { try { Array.prototype[keys[i]] = () => { throw keys[i]; }; } catch {} }
iterator.next = null;
console.log([1, 2, 3], 4);
[1, 2, 3];
