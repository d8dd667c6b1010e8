// Builtins as they were before any foreign code ran. Everything in the prelude uses these, so that
// a program that replaces or breaks a builtin changes its own world and never our reports.
const { apply, construct, ownKeys, getPrototypeOf, defineProperty } = Reflect;
const { create, freeze, setPrototypeOf } = Object;
const describeProperty = Reflect.getOwnPropertyDescriptor;
// Without a prototype: what a descriptor lacks must not be found on Object.prototype.
const getDescriptor = (object, key) => {
  const found = describeProperty(object, key);
  return found === undefined ? undefined : setPrototypeOf(found, null);
};
const bindFunction = Function.prototype.bind;
const uncurry = (method) => apply(bindFunction, Function.prototype.call, [method]);
const getterOf = (object, key) => uncurry(getDescriptor(object, key).get);

const indirectEval = eval;
const NativeDate = Date, NativeProxy = Proxy, NativeError = Error, NativePromise = Promise;
const NativeTypeError = TypeError, NativeSyntaxError = SyntaxError;
const ObjectPrototype = Object.prototype, ArrayPrototype = Array.prototype;
const FunctionPrototype = Function.prototype, ErrorPrototype = Error.prototype;
const { isArray } = Array, { isView } = ArrayBuffer;
const { floor, ceil, min, max, round, sqrt } = Math, imul = Math.imul;
const numberOf = Number, stringOf = String, parseWhole = parseInt, parseReal = parseFloat;
const stringify = JSON.stringify, parseJson = JSON.parse;
const nativeNow = Date.now, symbolToString = uncurry(Symbol.prototype.toString);
const tagSymbol = Symbol.toStringTag;

const slice = uncurry(String.prototype.slice), indexOf = uncurry(String.prototype.indexOf);
const lastIndexOf = uncurry(String.prototype.lastIndexOf);
const charCodeAt = uncurry(String.prototype.charCodeAt), repeat = uncurry(String.prototype.repeat);
const padStart = uncurry(String.prototype.padStart), padEnd = uncurry(String.prototype.padEnd);
const startsWith = uncurry(String.prototype.startsWith);
const wellFormed = uncurry(String.prototype.toWellFormed);
const isWellFormed = uncurry(String.prototype.isWellFormed);
const test = uncurry(RegExp.prototype.exec);
const then = uncurry(Promise.prototype.then);

const mapGet = uncurry(Map.prototype.get), mapSet = uncurry(Map.prototype.set);
const mapDelete = uncurry(Map.prototype.delete);
const weakGet = uncurry(WeakMap.prototype.get), weakSet = uncurry(WeakMap.prototype.set);

// An array without a prototype: writing to it cannot reach a setter of the program's.
const list = () => setPrototypeOf([], null);
const add = (items, item) => { items[items.length] = item; };
const join = (items, separator) => {
  let text = '';
  for (let i = 0; i < items.length; i++) text += i ? separator + items[i] : items[i];
  return text;
};
const isObject = (value) =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
const hasOwn = (object, key) => getDescriptor(object, key) !== undefined;
const hide = (object, key, value) =>
  defineProperty(object, key, { __proto__: null, value, writable: true, configurable: true });
