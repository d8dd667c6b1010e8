// Sabotage: the global object frozen. [ok; defaults]
Object.freeze(globalThis);
1;
