// Sabotage: Error.prototype and its kinds. [error; defaults]
for (const kind of [Error, TypeError, RangeError, SyntaxError]) { kind.prototype.toString = null; Object.defineProperty(kind.prototype, 'name', { get() { for (;;) {} } }); Object.defineProperty(kind.prototype, 'message', { get() { for (;;) {} } }); }
null.x;
