// `vmgit:kv`: the session's own key-value store.
const kvKey = (op, key) => {
  if (typeof key !== 'string') throw new NativeTypeError(`${op}: the key must be a string`);
  return key;
};

hostModules.kv = {
  get(key) {
    const found = hostCall('kv.get', { key: kvKey('kv.get', key) });
    return found === null ? undefined : found;
  },
  set(key, value) {
    if (stringify(value) === undefined) {
      throw new NativeTypeError(`kv.set: the value is not JSON: ${typeof value}`);
    }
    hostCall('kv.set', { key: kvKey('kv.set', key), value });
  },
  delete(key) { return hostCall('kv.delete', { key: kvKey('kv.delete', key) }); },
  list(prefix) {
    return hostCall('kv.list', { prefix: prefix === undefined ? '' : kvKey('kv.list', prefix) });
  },
};
