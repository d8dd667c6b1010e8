// Sabotage: RegExp.prototype. [ok; defaults]
for (const key of Reflect.ownKeys(RegExp.prototype)) { try { Object.defineProperty(RegExp.prototype, key, { get() { throw key; } }); } catch {} }
console.log({ 'a-b': /x/g }, 'it\'s');
({ "a'b": /y/ });
