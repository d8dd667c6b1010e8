// `vmgit:env`: granted environment variables.
hostModule('env', () => ({
  get(name) {
    const found = hostCall('env.get', { name });
    return found === null ? undefined : found;
  },
  list() { return hostCall('env.list', {}); },
}));
