// Globals that few programs use. Each is an accessor until it is first read; then the code of its
// part is asked for and run, so that a realm which never needs it is hardly larger.
const loadedParts = { __proto__: null }, nativeQueue = queueMicrotask;

const partTools = () => ({
  __proto__: null,
  apply, inspect, newStyle, format, proxyTargets, weakGet, succeeds, isError, isView, unproxy,
  mapSize, setSize, dateTime, regexpFlags, bufferLength, boxes, weakMapHas, weakSetHas,
  typedArrayTag, enumerableKeys, getDescriptor, getPrototypeOf, mapEntries, nextOfMap, setValues,
  nextOfSet, isArray, wellFormed, hide, ownKeys, isObject,
  nextRandom, readClock, addTimer, print, group, load: loadPart, queue: nativeQueue, charCodeAt,
  hostCall, isWellFormed,
  native: { __proto__: null, Promise: NativePromise, TypeError: NativeTypeError },
});

const loadPart = (name) => {
  const known = loadedParts[name];
  if (known !== undefined) return known;
  const source = ask('p', name);
  const exports = loadedParts[name] = { __proto__: null };
  indirectEval(repeat('\n', source.pad - 1) + source.text)(partTools(), exports);
  return exports;
};

const defineLazy = (name, part) => {
  defineProperty(globalThis, name, {
    __proto__: null,
    get() {
      const value = loadPart(part)[name];
      hide(globalThis, name, value);
      return value;
    },
    set(value) { hide(globalThis, name, value); },
    enumerable: false,
    configurable: true,
  });
};

const lazyGlobals = {
  __proto__: null,
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
for (const part in lazyGlobals) {
  for (let i = 0; i < lazyGlobals[part].length; i++) defineLazy(lazyGlobals[part][i], part);
}

const lazyLevels = [
  'table', 'group', 'groupCollapsed', 'groupEnd', 'time', 'timeEnd', 'timeLog', 'count',
  'countReset', 'assert', 'dir', 'dirxml', 'trace',
];
for (let i = 0; i < lazyLevels.length; i++) {
  const name = lazyLevels[i];
  const { [name]: method } = {
    [name](...values) { return apply(loadPart('console')[name], undefined, values); },
  };
  defineProperty(consoleObject, name, {
    value: method, writable: true, enumerable: true, configurable: true,
  });
}
