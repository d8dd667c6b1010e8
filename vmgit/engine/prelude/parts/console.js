// The console: five levels here, the others in `lazy/more.js`; one line of text per call sent to
// the host.

const wellFormed = uncurry(saved.wellFormed);
// What console.group adds before every line; an execution begins without.
const group = { __proto__: null, indent: 0 };
eachTime(() => { group.indent = 0; });
const print = (level, text) => {
  if (!state.consoleOn) return;
  const { indent } = group;
  if (indent > 0) text = repeat(' ', indent) + load('render').indentLines(text, indent);
  send('c', `{"level":"${level}","text":${stringify(text)}}`);
};

// A lone text is printed as it is, and most lines are one.
const textOf = (values) => {
  const first = values[0], { budget } = state;
  if (values.length !== 1 || typeof first !== 'string' || first.length > budget) {
    return load('render').format(values, budget);
  }
  return wellFormed(first);
};

const consoleObject = {};
const defineMethod = (name, call) => {
  // A method shorthand has the name and the length that programs see in Node.
  const { [name]: method } = { [name](...values) { return call(values); } };
  defineProperty(consoleObject, name, {
    __proto__: null, value: method, writable: true, enumerable: true, configurable: true,
  });
};
const levels = ['log', 'info', 'warn', 'error', 'debug'];
for (let i = 0; i < levels.length; i++) {
  const level = levels[i];
  defineMethod(level, (values) => { if (state.consoleOn) print(level, textOf(values)); });
}
const more = [
  'table', 'group', 'groupCollapsed', 'groupEnd', 'time', 'timeEnd', 'timeLog', 'count',
  'countReset', 'assert', 'dir', 'dirxml', 'trace',
];
for (let i = 0; i < more.length; i++) {
  const name = more[i];
  defineMethod(name, (values) => apply(load('more')[name], undefined, values));
}
exports.console = consoleObject;
exports.print = print;
exports.group = group;
