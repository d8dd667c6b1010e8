// A proxy of a function, with traps that throw. [ok; defaults]
new Proxy(function f() {}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, ownKeys() { throw 3; } });
