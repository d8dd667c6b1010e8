// What the parts in lazy/ may use.
const render = load('render'), { print, group } = load('console');
const tools = {
  print, group, apply, getDescriptor, getPrototypeOf, isArray, wellFormed, hide, ownKeys, isObject,
  isError, isView, load, queue: saved.queueMicrotask,
  hostCall: (op, request) => load('host').hostCall(op, request),
  charCodeAt: uncurry(saved.charCodeAt), isWellFormed: uncurry(saved.isWellFormed),
  nextRandom: () => load('random').nextRandom(), readClock: () => load('clock').readClock(),
  addTimer: (...timer) => apply(load('timers').addTimer, undefined, timer),
  native: { __proto__: null, Promise: NativePromise, TypeError: NativeTypeError },
};
const names = ownKeys(render), own = ownKeys(tools);
for (let i = 0; i < names.length; i++) exports[names[i]] = render[names[i]];
for (let i = 0; i < own.length; i++) exports[own[i]] = tools[own[i]];
