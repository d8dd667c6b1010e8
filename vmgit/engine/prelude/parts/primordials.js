// The saved builtins as parts use them: what a part does not use is gone when it has been made.
const { saved, state, send, load, importId } = inner;
const {
  apply, construct, ownKeys, getPrototypeOf, defineProperty, describeProperty, create, freeze,
  setPrototypeOf, owns, isArray, isError, isView, stringify, parseJson, floor, min, max, round,
  sqrt, imul, tagSymbol, ObjectPrototype, ArrayPrototype, FunctionPrototype,
} = saved;
const indirectEval = saved.eval, nativeNow = saved.now;
const NativeDate = saved.Date, NativeProxy = saved.Proxy, NativeError = saved.Error;
const NativePromise = saved.Promise, NativeTypeError = saved.TypeError;
const NativeSyntaxError = saved.SyntaxError, NativeMap = saved.Map, NativeWeakMap = saved.WeakMap;
const numberOf = saved.Number, stringOf = saved.String;
const parseWhole = saved.parseInt, parseReal = saved.parseFloat;

// Without a prototype: what a descriptor lacks must not be found on Object.prototype.
const getDescriptor = (object, key) => {
  const found = describeProperty(object, key);
  return found === undefined ? undefined : setPrototypeOf(found, null);
};
const uncurry = (method) => apply(saved.bind, saved.call, [method]);
const getterOf = (object, key) => uncurry(getDescriptor(object, key).get);

const slice = uncurry(saved.slice), indexOf = uncurry(saved.indexOf);
const lastIndexOf = uncurry(saved.lastIndexOf), charCodeAt = uncurry(saved.charCodeAt);
const repeat = uncurry(saved.repeat), startsWith = uncurry(saved.startsWith);
const padStart = uncurry(saved.padStart), padEnd = uncurry(saved.padEnd);
const wellFormed = uncurry(saved.wellFormed), isWellFormed = uncurry(saved.isWellFormed);
const symbolToString = uncurry(saved.symbolToString);
const test = uncurry(saved.test), then = uncurry(saved.then);
const mapGet = uncurry(saved.mapGet), mapSet = uncurry(saved.mapSet);
const mapDelete = uncurry(saved.mapDelete);
const weakGet = uncurry(saved.weakGet), weakSet = uncurry(saved.weakSet);

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

// Has `begin` called at the start of every further execution.
const eachTime = (begin) => { state.begins = { __proto__: null, begin, next: state.begins }; };
