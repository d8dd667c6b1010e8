// A token and an op on Object.prototype. [ok; defaults]
Object.defineProperty(Object.prototype, 'token', { get() { for (;;) {} }, configurable: true }); Object.prototype.op = 'open'; globalThis.dukpy = {}; 1;
