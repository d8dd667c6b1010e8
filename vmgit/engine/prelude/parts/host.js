// One host call: the request is what JSON.stringify makes of it, checked by the host every time.
const hostCall = (op, request) => {
  const text = stringify(request);
  if (text === undefined) throw new NativeTypeError(`${op}: the request is not JSON`);
  const answer = ask('h', `{"op":${stringify(op)},"request":${text}}`);
  return answer === undefined ? undefined : answer.result;
};
exports.hostCall = hostCall;

// `vmgit:NAME` modules; each file in host/ adds one. A module is made when it is first asked for,
// so that a realm that never asks pays for its code alone.
const hostModules = exports.modules = { __proto__: null };
const hostModule = (name, make) => defineProperty(hostModules, name, {
  __proto__: null,
  configurable: true,
  get() {
    const value = make();
    defineProperty(hostModules, name, { __proto__: null, value });
    return value;
  },
});
