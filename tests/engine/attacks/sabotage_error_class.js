// Sabotage: Error itself. [error; defaults]
globalThis.Error = globalThis.TypeError = globalThis.SyntaxError = () => { throw 1; };
require('./nowhere');
