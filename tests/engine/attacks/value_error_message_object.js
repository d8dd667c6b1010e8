// An error whose name and message are objects with code. [error; defaults]
const never = () => { for (;;) {} };
const error = new Error('x'); Object.defineProperty(error, 'message', { get: never }); Object.defineProperty(error, 'name', { get: never }); Object.defineProperty(error, 'stack', { get: never }); throw error;
