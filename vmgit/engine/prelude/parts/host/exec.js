// `vmgit:exec`: granted programs, with a list of arguments and never a shell.
hostModule('exec', () => ({
  run(program, args = [], options = {}) {
    const { input, timeoutMs } = options;
    return hostCall('exec.run', { program, args, input, timeoutMs });
  },
}));
