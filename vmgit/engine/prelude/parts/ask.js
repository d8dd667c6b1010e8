// Asks the host and waits: what it answers is plain JSON, an error to throw, or undefined.
const ask = (kind, text) => {
  const answer = saved.callOut(kind + text);
  const fault = answer === undefined ? undefined : getDescriptor(answer, 'error');
  if (fault !== undefined) throw errorOf(fault.value);
  return answer;
};

const errorClasses = {
  __proto__: null, Error: saved.Error, TypeError: saved.TypeError, RangeError: saved.RangeError,
  SyntaxError: saved.SyntaxError, ReferenceError: saved.ReferenceError,
  URIError: saved.URIError, EvalError: saved.EvalError,
};
const errorOf = (fault) => {
  const known = errorClasses[fault.name];
  const error = new (known === undefined ? NativeError : known)(fault.message);
  if (known === undefined) hide(error, 'name', fault.name);
  if (hasOwn(fault, 'code') && fault.code !== null) {
    defineProperty(error, 'code', {
      __proto__: null, value: fault.code, writable: true, enumerable: true, configurable: true,
    });
  }
  return error;
};
