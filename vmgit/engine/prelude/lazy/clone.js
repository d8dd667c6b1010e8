// structuredClone, for everything that one realm can hold. What it finds is filled in from a queue
// and not by recursion, so that deep values do not meet the end of the stack.
const { DOMException } = inner.load('exceptions');
const ERRORS = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError,
  TypeError, URIError };
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array,
  Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array];
const viewClass = (view) => {
  const tag = inner.typedArrayTag(view);
  return VIEWS.find((kind) => kind.name === tag) ?? globalThis[tag] ?? DataView;
};

const refuse = (text) => { throw new DOMException(`${text} could not be cloned.`, 'DataCloneError'); };
const nameOf = (object) => {
  const kind = inner.getDescriptor(object, 'constructor')
    ?? inner.getDescriptor(inner.getPrototypeOf(object) ?? {}, 'constructor');
  return `#<${typeof kind?.value === 'function' ? kind.value.name : 'Object'}>`;
};
const is = (check, object) => inner.succeeds(check, object);
const uncloneable = (object) =>
  inner.proxyTarget(object) !== undefined
  || object instanceof inner.native.Promise
  || is((o) => inner.weakMapHas(o, o), object) || is((o) => inner.weakSetHas(o, o), object);

// The copy of one object without what it holds, and how to fill that in.
const shell = (object, copy) => {
  if (inner.isArray(object)) return [new Array(object.length), fillOwn];
  if (is(inner.dateTime, object)) return [new Date(inner.dateTime(object))];
  if (is(inner.mapSize, object)) return [new Map(), fillMap];
  if (is(inner.setSize, object)) return [new Set(), fillSet];
  if (object !== RegExp.prototype && is(inner.regexpFlags[1][1], object)) {
    return [new RegExp(object.source, object.flags)];
  }
  if (is(inner.bufferLength, object)) return [object.slice(0)];
  if (inner.isView(object)) return [cloneView(object, copy)];
  if (inner.isError(object)) return [cloneError(object, copy)];
  for (let i = 0; i < inner.boxes.length; i++) {
    const [kind, valueOf] = inner.boxes[i];
    if (is(valueOf, object)) {
      return kind === 'Symbol' ? refuse(`#<${kind}>`) : [Object(valueOf(object))];
    }
  }
  return [{}, fillOwn];
};

const cloneView = (view, copy) => {
  const buffer = copy(view.buffer), Kind = viewClass(view);
  const size = Kind === DataView ? view.byteLength : view.length;
  return new Kind(buffer, view.byteOffset, size);
};

const cloneError = (error, copy) => {
  const { name, stack } = error;
  const Kind = ERRORS[`${name}`] ?? Error;
  const message = inner.getDescriptor(error, 'message');
  const made = new Kind();
  if (message !== undefined && 'value' in message) inner.hide(made, 'message', `${message.value}`);
  if (typeof stack === 'string') inner.hide(made, 'stack', stack);
  if (Object.hasOwn(error, 'cause')) inner.hide(made, 'cause', copy(error.cause));
  return made;
};

const fillOwn = (from, into, copy) => {
  for (const key of Object.keys(from)) {
    Object.defineProperty(into, key, {
      __proto__: null, value: copy(from[key]), writable: true, enumerable: true, configurable: true,
    });
  }
};
const fillMap = (from, into, copy) => {
  for (const [key, value] of [...Map.prototype.entries.call(from)]) into.set(copy(key), copy(value));
};
const fillSet = (from, into, copy) => {
  for (const value of [...Set.prototype.values.call(from)]) into.add(copy(value));
};

exports.structuredClone = function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new TypeError('The "value" argument must be specified');
  const transfer = [...(options?.transfer ?? [])];
  const known = new Map(), queue = [];
  const copy = (item) => {
    if (typeof item === 'symbol') refuse(String(item));
    if (typeof item === 'function') refuse(Function.prototype.toString.call(item));
    if (typeof item !== 'object' || item === null) return item;
    const before = known.get(item);
    if (before !== undefined) return before;
    if (uncloneable(item)) refuse(nameOf(item));
    const [made, fill] = shell(item, copy);
    known.set(item, made);
    if (fill !== undefined) queue.push([fill, item, made]);
    return made;
  };
  for (const buffer of transfer) {
    if (!is(inner.bufferLength, buffer) || buffer.detached || known.has(buffer)) {
      throw new DOMException('Value not transferable or listed twice', 'DataCloneError');
    }
    known.set(buffer, buffer.slice(0));
  }
  const result = copy(value);
  for (let i = 0; i < queue.length; i++) queue[i][0](queue[i][1], queue[i][2], copy);
  for (const buffer of transfer) buffer.transfer();
  return result;
};
