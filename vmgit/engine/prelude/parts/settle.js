const then = uncurry(saved.then);
const settleInto = (promise, onValue, onError) => {
  // Without a constructor of its own, `then` would ask the program's for the kind of promise.
  defineProperty(promise, 'constructor', { __proto__: null, value: undefined });
  then(promise, onValue, onError);
};
