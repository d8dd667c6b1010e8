// A proxy all of whose traps loop. [ok; defaults]
const never = () => { for (;;) {} };
new Proxy({}, new Proxy({}, { get: never }));
