// Symbols, functions and keys with hostile names. [ok; defaults]
const odd = { [Symbol('\n\0\u202e')]: 1, ['\n']: 2, ['__proto__']: 3 }; Object.defineProperty(() => 0, 'name', { get() { for (;;) {} } }); odd;
