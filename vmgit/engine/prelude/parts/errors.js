// Errors as text: a name and a message that are strings of their own or of a class, never the
// result of a call, and the frames that the engine recorded.
const errorName = (object) => {
  const name = dataProperty(object, 'name');
  const kind = constructorName(object);
  if (typeof name !== 'string') return kind === null ? 'Error' : kind;
  // A subclass that did not set `name` is still called by its own name.
  return name === 'Error' && kind !== null ? kind : name;
};

const errorMessage = (object) => {
  const message = dataProperty(object, 'message');
  return typeof message === 'string' ? message : '';
};

const errorFrames = (object) => {
  const found = getDescriptor(object, 'stack');
  if (!found || typeof found.value !== 'string') return '';
  let stack = found.value;
  while (stack !== '' && charCodeAt(stack, stack.length - 1) === 10) stack = slice(stack, 0, -1);
  return stack;
};

const errorHeader = (object) => {
  const name = errorName(object), message = errorMessage(object);
  return name === '' ? message : message === '' ? name : `${name}: ${message}`;
};

const indentLines = (text, indent) => {
  if (indent === 0 || indexOf(text, '\n') < 0) return text;
  const space = repeat(' ', indent);
  let out = '', start = 0;
  for (;;) {
    const at = indexOf(text, '\n', start);
    if (at < 0) return out + slice(text, start);
    out += slice(text, start, at + 1) + space;
    start = at + 1;
  }
};

const errorShape = (object, name, tag, keys, style) => {
  const shown = list();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if ((key === 'name' || key === 'message' || key === 'stack')
      && typeof dataProperty(object, key) === 'string') continue;
    add(shown, key);
  }
  const hidden = ['cause', 'errors'];
  for (let i = 0; i < 2; i++) {
    const property = getDescriptor(object, hidden[i]);
    if (property && !property.enumerable) add(shown, hidden[i]);
  }
  const frames = errorFrames(object), header = errorHeader(object);
  const base = frames === '' ? `[${header}]` : `${header}\n${frames}`;
  const text = indentLines(base, style.indent);
  if (shown.length === 0) return { text };
  return { open: '{', close: '}', base: text, keys: shown, array: false };
};
