// `Proxy` as programs see it: like the engine's, but it remembers the target, so that a proxy can be
// shown without asking it.
const targets = new NativeWeakMap();
const RecordingProxy = function Proxy(target, handler) {
  if (new.target === undefined) throw new NativeTypeError("Constructor Proxy requires 'new'");
  const proxy = new NativeProxy(target, handler);
  weakSet(targets, proxy, target);
  return proxy;
};
const nativeRevocable = saved.revocable;
defineProperty(RecordingProxy, 'prototype', { __proto__: null, value: undefined, writable: false });
hide(RecordingProxy, 'revocable', function revocable(target, handler) {
  const pair = apply(nativeRevocable, NativeProxy, [target, handler]);
  weakSet(targets, pair.proxy, target);
  return pair;
});
state.proxyTargets = targets;
exports.Proxy = RecordingProxy;
