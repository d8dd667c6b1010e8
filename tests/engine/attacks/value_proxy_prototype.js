// A prototype that is a proxy whose traps loop. [ok; defaults]
const never = () => { for (;;) {} };
Object.create(new Proxy({}, { get: never, getPrototypeOf: never, getOwnPropertyDescriptor: never }));
