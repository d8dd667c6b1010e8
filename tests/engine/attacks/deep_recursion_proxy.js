// Recursion through a proxy's traps. [error RangeError | error InternalError; defaults]
const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x;
