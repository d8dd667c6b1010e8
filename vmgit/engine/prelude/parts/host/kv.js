// `vmgit:kv`: the session's own key-value store.
const kvKey = (op, key) => {
  if (typeof key !== 'string') throw new NativeTypeError(`${op}: the key must be a string`);
  return key;
};

// Requests have no prototype, so that a toJSON on Object.prototype does not rewrite them.
hostModules.kv = {
  get(key) {
    const found = hostCall('kv.get', { __proto__: null, key: kvKey('kv.get', key) });
    return found === null ? undefined : found;
  },
  set(key, value) {
    if (stringify(value) === undefined) {
      throw new NativeTypeError(`kv.set: the value is not JSON: ${typeof value}`);
    }
    hostCall('kv.set', { __proto__: null, key: kvKey('kv.set', key), value });
  },
  delete(key) {
    return hostCall('kv.delete', { __proto__: null, key: kvKey('kv.delete', key) });
  },
  list(prefix) {
    const wanted = prefix === undefined ? '' : kvKey('kv.list', prefix);
    return hostCall('kv.list', { __proto__: null, prefix: wanted });
  },
};
