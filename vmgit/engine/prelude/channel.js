// The only way out: one native function that takes a text and gives JSON back. The payload travels
// in the name of the called function, because arguments pass through code a program can change.
const callOut = globalThis.call_python;
let unsent = '';

const send = (kind, text) => {
  try {
    callOut(kind + text);
  } catch (error) {
    // A sabotaged Array.prototype can break the call; the command's result is the second way.
    unsent += kind + text + '\n';
  }
};

// Asks the host and waits: what it answers is plain JSON, an error to throw, or undefined.
const ask = (kind, text) => {
  const answer = callOut(kind + text);
  const fault = answer === undefined ? undefined : getDescriptor(answer, 'error');
  if (fault !== undefined) throw errorOf(fault.value);
  return answer;
};

const errorClasses = {
  __proto__: null, Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError,
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

// One host call: the request is what JSON.stringify makes of it, checked by the host every time.
const hostCall = (op, request) => {
  const text = stringify(request);
  if (text === undefined) throw new NativeTypeError(`${op}: the request is not JSON`);
  const answer = ask('h', `{"op":${stringify(op)},"request":${text}}`);
  return answer === undefined ? undefined : answer.result;
};

// `vmgit:NAME` modules; each file in host/ adds one. A module is made when it is first asked for,
// so that a realm that never asks pays for its code alone.
const hostModules = { __proto__: null };
const hostModule = (name, make) => defineProperty(hostModules, name, {
  __proto__: null,
  configurable: true,
  get() {
    const value = make();
    defineProperty(hostModules, name, { __proto__: null, value });
    return value;
  },
});
