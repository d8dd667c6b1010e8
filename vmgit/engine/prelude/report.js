// What came of an execution, sent once. The primitives that are their own preview and JSON are
// described here; everything else is the business of the part `render`.
const describe = (value) => {
  switch (typeof value) {
    case 'number':
      if (value - value !== 0 || (value === 0 && 1 / value < 0)) break;
      return '{"type":"number","preview":"' + value + '","json":' + value + '}';
    case 'boolean':
      return '{"type":"boolean","preview":"' + value + '","json":' + value + '}';
    case 'undefined': return '{"type":"undefined","preview":"undefined"}';
    case 'object': if (value === null) return '{"type":"null","preview":"null","json":null}';
  }
  return load('render').describe(value);
};

const report = (turn, thrown, value) => {
  if (turn !== state.turn || state.reported) return;
  state.reported = true;
  send(thrown ? 'e' : 'v', thrown ? load('render').describeFault(value) : describe(value));
};
