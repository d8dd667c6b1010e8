// The globals that are not the engine's. Each is an accessor until it is first read; then its part
// is loaded and it becomes the plain property that programs expect, so that a realm that never
// needs it is hardly larger. One bound function serves as getter and setter of each.
const lazyGlobals = {
  __proto__: null,
  console: ['console'],
  clock: ['Date', 'performance'],
  proxy: ['Proxy'],
  timers: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'],
  files: ['require'],
  exceptions: ['DOMException'],
  encoding: ['TextEncoder', 'TextDecoder'],
  base64: ['atob', 'btoa'],
  url: ['URL', 'URLSearchParams'],
  clone: ['structuredClone'],
  events: ['Event', 'CustomEvent', 'EventTarget'],
  abort: ['AbortController', 'AbortSignal'],
  crypto: ['crypto', 'Crypto'],
  process: ['process'],
  headers: ['Headers'],
  fetch: ['Request', 'Response', 'fetch'],
};

const settleGlobal = (part, name, ...values) => {
  const value = values.length > 0 ? values[0] : load(part)[name];
  saved.defineProperty(saved.realm, name, {
    __proto__: null, value, writable: true, enumerable: false, configurable: true,
  });
  return value;
};

for (const part in lazyGlobals) {
  for (let i = 0; i < lazyGlobals[part].length; i++) {
    const name = lazyGlobals[part][i];
    const access = saved.apply(saved.bind, settleGlobal, [undefined, part, name]);
    saved.defineProperty(saved.realm, name, {
      __proto__: null, get: access, set: access, enumerable: false, configurable: true,
    });
  }
}

const hideFunction = (object, key, value) => saved.defineProperty(object, key, {
  __proto__: null, value, writable: true, enumerable: false, configurable: true,
});
hideFunction(Math, 'random', { random() { return load('random').random(); } }.random);
hideFunction(Error.prototype, 'toString', {
  toString() {
    state.stringified = this;
    return saved.apply(saved.errorText, this, []);
  },
}.toString);
