// Sabotage: Symbol. [ok; defaults]
Symbol.prototype.toString = null;
Object.defineProperty(Symbol.prototype, 'description', { get() { for (;;) {} } });
globalThis.Symbol = null;
console.log({ a: 1 });
1;
