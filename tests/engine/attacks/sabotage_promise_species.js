// Sabotage: the species of Promise. [ok; defaults]
Object.defineProperty(Promise, Symbol.species, { get() { throw 1; } });
await null;
7;
