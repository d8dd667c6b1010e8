// `vmgit:fs`: files of the workspace folder. Bytes travel as base64.
hostModule('fs', () => {
  const { toBase64, fromBase64, bytesOf } = load('bytes');

  const pathOf = (op, path) => {
    if (typeof path !== 'string') throw new NativeTypeError(`fs.${op}: the path must be a string`);
    return path;
  };

  return {
    readFile(path, as = 'text') {
      const found = hostCall('fs.readFile', { path: pathOf('readFile', path), as });
      return as === 'bytes' ? fromBase64(found.base64) : found.text;
    },
    writeFile(path, data) {
      pathOf('writeFile', path);
      const bytes = typeof data === 'string' ? undefined : bytesOf(data);
      if (bytes === undefined && typeof data !== 'string') {
        throw new NativeTypeError('fs.writeFile: the data must be a string or bytes');
      }
      const text = bytes === undefined ? data : toBase64(bytes);
      hostCall('fs.writeFile', bytes === undefined ? { path, text } : { path, base64: text });
    },
    list(path = '') { return hostCall('fs.list', { path: pathOf('list', path) }); },
    stat(path) { return hostCall('fs.stat', { path: pathOf('stat', path) }); },
    exists(path) { return hostCall('fs.exists', { path: pathOf('exists', path) }); },
    remove(path) { hostCall('fs.remove', { path: pathOf('remove', path) }); },
  };
});
