// `vmgit`, the global: what an execution was given.
exports.host = () => {
  const args = [], given = state.args;
  for (let i = 0; i < given.length; i++) {
    defineProperty(args, i, { __proto__: null, value: given[i], enumerable: true });
  }
  return freeze({ args: freeze(args) });
};
