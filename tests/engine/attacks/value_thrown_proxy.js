// A thrown proxy all of whose traps loop. [error; defaults]
const never = () => { for (;;) {} };
throw new Proxy({}, { get: never, ownKeys: never, has: never, getPrototypeOf: never, getOwnPropertyDescriptor: never });
