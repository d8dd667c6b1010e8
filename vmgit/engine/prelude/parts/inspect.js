// Renders any value as Node's util.inspect would, without ever running the program's code: only
// own data properties are read, getters are named and not called, proxies are looked through.
// Every rendering has a budget of characters, so that no value can make it run for long.
const unproxy = (value) => {
  for (let i = 0; i < 100; i++) {
    const target = isObject(value) ? proxyTarget(value) : undefined;
    if (target === undefined) return value;
    value = target;
  }
  return value;
};
// A program that made no proxy has none.
const proxyTarget = (value) =>
  (state.proxyTargets === undefined ? undefined : weakGet(state.proxyTargets, value));

const LINE = 80, QUOTED = /^[^'\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*$/;
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const META = ['\\b', '\\t', '\\n', '\\x0B', '\\f', '\\r'];
const hexByte = (code) => (code < 16 ? '0' : '') + upperHex(code);
const upperHex = (code) => {
  let text = '';
  do {
    const digit = code & 15;
    text = slice('0123456789ABCDEF', digit, digit + 1) + text;
    code >>>= 4;
  } while (code);
  return text;
};

const quote = (text) => {
  if (test(QUOTED, text)) return `'${text}'`;
  let mark = "'";
  if (indexOf(text, "'") >= 0) {
    if (indexOf(text, '"') < 0) mark = '"';
    else if (indexOf(text, '`') < 0 && indexOf(text, '${') < 0) mark = '`';
  }
  const markCode = charCodeAt(mark, 0);
  let out = '', start = 0;
  for (let i = 0; i < text.length; i++) {
    const code = charCodeAt(text, i);
    let escape = '';
    if (code === markCode) escape = '\\' + mark;
    else if (code === 92) escape = '\\\\';
    else if (code >= 8 && code <= 13) escape = META[code - 8];
    else if (code < 32 || (code > 126 && code < 160)) escape = '\\x' + hexByte(code);
    else if (code >= 0xd800 && code <= 0xdfff) {
      const next = i + 1 < text.length ? charCodeAt(text, i + 1) : 0;
      if (code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) { i++; continue; }
      escape = '\\u' + lowerHex(upperHex(code));
    }
    if (escape !== '') {
      out += slice(text, start, i) + escape;
      start = i + 1;
    }
  }
  return mark + out + slice(text, start) + mark;
};

const numberText = (value) => (value === 0 && 1 / value < 0 ? '-0' : '' + value);

const primitiveText = (value, style) => {
  switch (typeof value) {
    case 'string': {
      let rest = '';
      if (value.length > style.maxString) {
        const more = value.length - style.maxString;
        rest = `... ${more} more character${more > 1 ? 's' : ''}`;
        value = slice(value, 0, style.maxString);
      }
      const width = LINE - style.indent - 4;
      if (value.length > 16 && value.length > width && style.level > 0
        && indexOf(value, '\n') >= 0) return quoteLines(value, style.indent) + rest;
      return quote(value) + rest;
    }
    case 'number': return numberText(value);
    case 'bigint': return `${value}n`;
    case 'symbol': return symbolToString(value);
    default: return `${value}`;
  }
};

const quoteLines = (text, indent) => {
  let out = '', start = 0;
  while (start < text.length) {
    const at = indexOf(text, '\n', start);
    const end = at < 0 ? text.length : at + 1;
    out += (start ? ' +\n' + repeat(' ', indent + 2) : '') + quote(slice(text, start, end));
    start = end;
  }
  return out;
};

// A data property of the object or of its prototypes; undefined for anything that is code.
const dataProperty = (object, key) => {
  for (let i = 0; object !== null && i < 100; i++) {
    const found = getDescriptor(object, key);
    if (found) return found.value;
    object = unproxy(getPrototypeOf(object));
  }
  return undefined;
};

const functionName = (value) => {
  const name = getDescriptor(value, 'name');
  return name && typeof name.value === 'string' ? name.value : '';
};

const constructorName = (object) => {
  for (let i = 0; object !== null && i < 100; i++) {
    const found = getDescriptor(object, 'constructor');
    if (found && typeof found.value === 'function') {
      const name = functionName(unproxy(found.value));
      if (name !== '') return name;
    }
    object = unproxy(getPrototypeOf(object));
  }
  return null;
};

// An enumerable tag of the object's own is among its properties already.
const tagOf = (object) => {
  const own = getDescriptor(object, tagSymbol);
  const tag = own && own.enumerable ? '' : dataProperty(object, tagSymbol);
  return typeof tag === 'string' ? tag : '';
};

const prefixOf = (name, tag, fallback, size) => {
  if (name === null) {
    const first = `[${fallback}${size}: null prototype] `;
    return tag !== '' && tag !== fallback ? `${first}[${tag}] ` : first;
  }
  return tag !== '' && tag !== name ? `${name}${size} [${tag}] ` : `${name}${size} `;
};

const keyText = (key) => {
  if (typeof key === 'symbol') return `[${symbolToString(key)}]`;
  return test(IDENTIFIER, key) ? key : quote(key);
};

const enumerableKeys = (object, isArrayLike) => {
  const found = list();
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (isArrayLike && typeof key === 'string' && isIndex(key)) continue;
    const property = getDescriptor(object, key);
    if (property && property.enumerable) add(found, key);
  }
  return found;
};

const isIndex = (key) => {
  const number = +key;
  return number >= 0 && number < 4294967295 && floor(number) === number && '' + number === key;
};

const newStyle = (depth, budget) => ({
  depth, budget, maxString: 10000, indent: 0, level: 0, current: 0, seen: list(), circular: null,
  hidden: false,
});

const inspect = (value, style) => {
  if (!isObject(value)) return primitiveText(value, style);
  try {
    return inspectObject(value, style, 0);
  } catch (error) {
    return '[unprintable]';
  }
};

const inspectValue = (value, style, level) => {
  style.level = level;
  if (style.budget <= 0) return '...';
  const text = isObject(value) ? inspectObject(value, style, level) : primitiveText(value, style);
  style.budget -= text.length < 2 ? 2 : isObject(value) ? 2 : text.length;
  return text;
};

const inspectObject = (object, style, level) => {
  object = unproxy(object);
  for (let i = 0; i < style.seen.length; i++) {
    if (style.seen[i] !== object) continue;
    if (style.circular === null) style.circular = list();
    let index = -1;
    for (let j = 0; j < style.circular.length; j++) if (style.circular[j] === object) index = j;
    if (index < 0) {
      index = style.circular.length;
      add(style.circular, object);
    }
    return `[Circular *${index + 1}]`;
  }
  return inspectRaw(object, style, level);
};

const inspectRaw = (object, style, level) => {
  const name = constructorName(object);
  const tag = tagOf(object);
  const shape = setPrototypeOf(shapeOf(object, name, tag, style, level), null);
  if (shape.text !== undefined) return shape.text;
  if (level > style.depth) {
    const kind = shape.array ? 'Array' : slice(prefixOf(name, tag, 'Object', ''), 0, -1);
    return shape.array && name === 'Array' ? '[Array]' : `[${kind}]`;
  }
  add(style.seen, object);
  style.current = level;
  const output = list();
  if (shape.fill) shape.fill(output, style, level + 1);
  const keys = shape.keys;
  for (let i = 0; i < keys.length; i++) {
    if (style.budget <= 0) { add(output, '...'); break; }
    add(output, propertyText(object, keys[i], style, level));
  }
  style.seen.length--;
  let base = shape.base;
  let open = shape.open;
  if (style.circular !== null) {
    for (let i = 0; i < style.circular.length; i++) {
      if (style.circular[i] !== object) continue;
      const mark = `<ref *${i + 1}>`;
      if (base === '') open = `${mark} ${open}`;
      else base = `${mark} ${base}`;
    }
  }
  return layout(output, base, open, shape.close, shape.array, object, style, level);
};

const propertyText = (object, key, style, level) => {
  let property;
  try {
    property = getDescriptor(object, key);
  } catch (error) {
    return `${keyText(key)}: <uninitialized>`;
  }
  let text;
  if (property === undefined) text = 'undefined';
  else if (property.get !== undefined) {
    text = property.set !== undefined ? '[Getter/Setter]' : '[Getter]';
  } else if (property.set !== undefined) text = '[Setter]';
  else {
    style.indent += 2;
    text = inspectValue(property.value, style, level + 1);
    style.indent -= 2;
  }
  const label = property && !property.enumerable ? `[${typeof key === 'symbol'
    ? symbolToString(key) : key}]` : keyText(key);
  return `${label}: ${text}`;
};
