// What every part begins with. Only what a part uses stays when it has been made.
const { saved, state, send, load, importId } = inner;
const {
  apply, construct, create, defineProperty, describeProperty, freeze, imul, max, min, owns, realm,
  setPrototypeOf, stringify, floor,
} = saved;
const indirectEval = saved.eval, NativeTypeError = saved.TypeError;
const NativeSyntaxError = saved.SyntaxError;

// Without a prototype: what a descriptor lacks must not be found on Object.prototype.
const getDescriptor = (object, key) => {
  const found = describeProperty(object, key);
  return found === undefined ? undefined : setPrototypeOf(found, null);
};
const uncurry = (method) => apply(saved.bind, saved.call, [method]);
// An array without a prototype: writing to it cannot reach a setter of the program's.
const list = () => setPrototypeOf([], null);
const isObject = (value) =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
const hide = (object, key, value) =>
  defineProperty(object, key, { __proto__: null, value, writable: true, configurable: true });
// Has `begin` called at the start of every further execution.
const eachTime = (begin) => { state.begins = { __proto__: null, begin, next: state.begins }; };
const slice = uncurry(saved.slice), repeat = uncurry(saved.repeat);
