// Sabotage: another prototype of the global object. [ok; defaults]
try { Object.setPrototypeOf(globalThis, new Proxy({}, { has: () => true, get: () => { throw 1; } })); } catch {}
1;
