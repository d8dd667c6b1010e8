// Sabotage: Function.prototype. [ok; defaults]
for (const key of Reflect.ownKeys(Function.prototype)) { try { Object.defineProperty(Function.prototype, key, { value: null }); } catch {} }
console.log(() => 1);
(function named() {});
