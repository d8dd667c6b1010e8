// Sabotage: accessors on globalThis under the names of the next script. [error | ok; defaults]
Object.defineProperty(globalThis, 'taken', { get() { for (;;) {} }, configurable: false });
let taken = 1;
