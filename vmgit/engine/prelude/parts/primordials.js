// More saved builtins, for the parts that need many.
const {
  ownKeys, getPrototypeOf, isArray, isError, isView, parseJson, round, sqrt, tagSymbol,
  ObjectPrototype, ArrayPrototype, FunctionPrototype,
} = saved;
const NativeDate = saved.Date, NativeProxy = saved.Proxy, NativeError = saved.Error;
const NativePromise = saved.Promise, NativeMap = saved.Map, NativeWeakMap = saved.WeakMap;
const nativeNow = saved.now, numberOf = saved.Number, parseWhole = saved.parseInt, parseReal = saved.parseFloat;

const indexOf = uncurry(saved.indexOf), lastIndexOf = uncurry(saved.lastIndexOf);
const charCodeAt = uncurry(saved.charCodeAt), startsWith = uncurry(saved.startsWith);
const padStart = uncurry(saved.padStart), padEnd = uncurry(saved.padEnd);
const wellFormed = uncurry(saved.wellFormed), isWellFormed = uncurry(saved.isWellFormed);
const symbolToString = uncurry(saved.symbolToString), test = uncurry(saved.test);
const mapGet = uncurry(saved.mapGet), mapSet = uncurry(saved.mapSet);
const mapDelete = uncurry(saved.mapDelete);
const weakGet = uncurry(saved.weakGet), weakSet = uncurry(saved.weakSet);

const add = (items, item) => { items[items.length] = item; };
const join = (items, separator) => {
  let text = '';
  for (let i = 0; i < items.length; i++) text += i ? separator + items[i] : items[i];
  return text;
};
const hasOwn = (object, key) => getDescriptor(object, key) !== undefined;
