// Sabotage: Promise.prototype.then and constructor. [ok; defaults]
Promise.prototype.then = () => { for (;;) {} };
Promise.prototype.constructor = null;
globalThis.Promise = null;
await 1;
7;
