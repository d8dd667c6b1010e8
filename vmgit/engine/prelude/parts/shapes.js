// What stands around and inside the braces for each kind of object. A kind is told by builtins
// that only the real thing survives (a Map's size, a Date's time), never by what the object says.
const mapSize = uncurry(saved.mapSize), setSize = uncurry(saved.setSize);
const mapEntries = uncurry(saved.mapEntries), setValues = uncurry(saved.setValues);
const nextOfMap = uncurry(saved.mapNext), nextOfSet = uncurry(saved.setNext);
const dateTime = uncurry(saved.dateTime), dateIso = uncurry(saved.dateIso);
const regexpSource = uncurry(saved.regexpSource);
const regexpFlags = setPrototypeOf([
  ['d', uncurry(saved.hasIndices)], ['g', uncurry(saved.global)],
  ['i', uncurry(saved.ignoreCase)], ['m', uncurry(saved.multiline)],
  ['s', uncurry(saved.dotAll)], ['u', uncurry(saved.unicode)],
  ['v', uncurry(saved.unicodeSets)], ['y', uncurry(saved.sticky)],
], null);
const typedArrayTag = uncurry(saved.typedArrayTag);
const typedArrayLength = uncurry(saved.typedArrayLength);
const bufferLength = uncurry(saved.bufferLength), viewLength = uncurry(saved.viewLength);
const viewOffset = uncurry(saved.viewOffset), viewBuffer = uncurry(saved.viewBuffer);
const weakMapHas = uncurry(saved.weakMapHas), weakSetHas = uncurry(saved.weakSetHas);
const numberValue = uncurry(saved.numberValue), stringValue = uncurry(saved.stringValue);
const booleanValue = uncurry(saved.booleanValue), symbolValue = uncurry(saved.symbolValue);
const bigintValue = uncurry(saved.bigintValue), functionText = uncurry(saved.functionText);
const Bytes = saved.Uint8Array, { RegExpPrototype } = saved;
const MOST_ITEMS = 100, MOST_KEYS_SCAN = 20000;

const succeeds = (check, object) => {
  try {
    check(object);
    return true;
  } catch (error) {
    return false;
  }
};
const boxes = setPrototypeOf([
  ['Number', numberValue], ['String', stringValue], ['Boolean', booleanValue],
  ['Symbol', symbolValue], ['BigInt', bigintValue],
], null);

const shapeOf = (object, name, tag, style, level) => {
  if (typeof object === 'function') return functionShape(object, name, tag);
  if (isArray(object)) return arrayShape(object, name, tag);
  const keys = enumerableKeysOf(object);
  if (succeeds(setSize, object)) return sizedShape(object, name, tag, keys, 'Set', setSize, fillSet);
  if (succeeds(mapSize, object)) return sizedShape(object, name, tag, keys, 'Map', mapSize, fillMap);
  if (isView(object)) return viewShape(object, name, tag, keys);
  if (isError(object)) return errorShape(object, name, tag, keys, style, level);
  if (succeeds(dateTime, object)) return dateShape(object, name, tag, keys);
  if (object !== RegExpPrototype && succeeds(regexpFlags[1][1], object)) {
    return baseShape(regexpText(object), name, tag, 'RegExp', keys);
  }
  if (succeeds(bufferLength, object)) return bufferShape(object, name, tag, keys);
  for (let i = 0; i < boxes.length; i++) {
    if (succeeds(boxes[i][1], object)) return boxShape(object, boxes[i], name, keys, style);
  }
  const unknown = succeeds((o) => weakMapHas(o, o), object) ? 'WeakMap'
    : succeeds((o) => weakSetHas(o, o), object) ? 'WeakSet' : '';
  if (unknown !== '') {
    return {
      open: `${prefixOf(name, tag, unknown, '')}{`, close: '}', base: '', keys, array: false,
      fill: (output) => add(output, '<items unknown>'),
    };
  }
  return plainShape(object, name, tag, keys);
};

const enumerableKeysOf = (object) => {
  if (isView(object) && !succeeds(viewLength, object)) {
    return typedArrayLength(object) > MOST_KEYS_SCAN ? list() : enumerableKeys(object, true);
  }
  return enumerableKeys(object, false);
};

const plainShape = (object, name, tag, keys) => {
  let open = '{';
  if (tag === 'Module' && getPrototypeOf(object) === null) open = '[Module: null prototype] {';
  else if (name !== 'Object' || tag !== '') open = `${prefixOf(name, tag, 'Object', '')}{`;
  if (keys.length === 0) return { text: `${open}}` };
  return { open, close: '}', base: '', keys, array: false };
};

const arrayShape = (object, name, tag) => {
  const { length } = object;
  const open = name === 'Array' && tag === '' ? '[' : `${prefixOf(name, tag, 'Array', `(${length})`)}[`;
  const keys = length > MOST_KEYS_SCAN ? list() : enumerableKeys(object, true);
  if (length === 0 && keys.length === 0) return { text: `${open}]` };
  return {
    open, close: ']', base: '', keys, array: true,
    fill: (output, style, level) => {
      fillArray(object, output, style, level);
      if (style.hidden) add(output, `[length]: ${length}`);
    },
  };
};

const fillArray = (object, output, style, level) => {
  const { length } = object;
  let i = 0;
  while (i < length && output.length < MOST_ITEMS && style.budget > 0) {
    const property = getDescriptor(object, '' + i);
    if (property === undefined) {
      const end = nextIndex(object, i);
      add(output, `<${end - i} empty item${end - i > 1 ? 's' : ''}>`);
      i = end;
    } else {
      let text;
      if (property.get !== undefined) {
        text = property.set !== undefined ? '[Getter/Setter]' : '[Getter]';
      } else if (property.set !== undefined) text = '[Setter]';
      else {
        style.indent += 2;
        text = inspectValue(property.value, style, level);
        style.indent -= 2;
      }
      add(output, text);
      i++;
    }
  }
  addMore(output, length - i);
};

const addMore = (output, more) => {
  if (more <= 0) return;
  add(output, `... ${more} more item${more > 1 ? 's' : ''}`);
  output.more = true;
};

// The first filled index after a hole; the keys are read, because a hole can be 2 ** 32 wide.
const nextIndex = (object, from) => {
  for (let i = from + 1; i < from + 1000; i++) {
    if (i >= object.length || getDescriptor(object, '' + i) !== undefined) {
      return min(i, object.length);
    }
  }
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] === 'string' && isIndex(keys[i]) && +keys[i] > from) return +keys[i];
  }
  return object.length;
};

const sizedShape = (object, name, tag, keys, kind, sizeOf, fill) => {
  const size = sizeOf(object);
  const open = `${prefixOf(name, tag, kind, `(${size})`)}{`;
  if (size === 0 && keys.length === 0) return { text: `${open}}` };
  return {
    open, close: '}', base: '', keys, array: false,
    fill: (output, style, level) => fill(object, size, output, style, level),
  };
};

const fillSet = (object, size, output, style, level) => {
  const items = setValues(object);
  style.indent += 2;
  while (output.length < MOST_ITEMS && style.budget > 0) {
    const step = nextOfSet(items);
    if (step.done) break;
    add(output, inspectValue(step.value, style, level));
  }
  style.indent -= 2;
  addMore(output, size - output.length);
};

const fillMap = (object, size, output, style, level) => {
  const items = mapEntries(object);
  style.indent += 2;
  while (output.length < MOST_ITEMS && style.budget > 0) {
    const step = nextOfMap(items);
    if (step.done) break;
    const key = inspectValue(step.value[0], style, level);
    add(output, `${key} => ${inspectValue(step.value[1], style, level)}`);
  }
  style.indent -= 2;
  addMore(output, size - output.length);
};

const viewShape = (object, name, tag, keys) => {
  if (!succeeds(viewLength, object)) return typedShape(object, name, tag, keys);
  return {
    open: `${prefixOf(name, tag, 'DataView', '')}{`, close: '}',
    base: '', keys, array: false,
    fill: (output, style, level) => {
      style.indent += 2;
      add(output, `byteLength: ${viewLength(object)}`);
      add(output, `byteOffset: ${viewOffset(object)}`);
      add(output, `buffer: ${inspectValue(viewBuffer(object), style, level)}`);
      style.indent -= 2;
    },
  };
};

const typedShape = (object, name, tag, keys) => {
  const kind = typedArrayTag(object), length = typedArrayLength(object);
  const open = `${prefixOf(name, name === kind ? tag : tag || kind, kind, `(${length})`)}[`;
  if (length === 0 && keys.length === 0) return { text: `${open}]` };
  return {
    open, close: ']', base: '', keys, array: true,
    fill: (output, style) => {
      for (let i = 0; i < length && i < MOST_ITEMS; i++) add(output, primitiveText(object[i], style));
      addMore(output, length - output.length);
    },
  };
};

const bufferShape = (object, name, tag, keys) => ({
  open: `${prefixOf(name, tag, 'ArrayBuffer', '')}{`, close: '}',
  base: '', keys, array: false,
  fill: (output) => {
    const bytes = new Bytes(object), shown = min(bytes.length, 50);
    let text = '';
    for (let i = 0; i < shown; i++) {
      const digits = hexByte(bytes[i]);
      text += (i ? ' ' : '') + lowerHex(digits);
    }
    const more = bytes.length - shown;
    if (more > 0) text += ` ... ${more} more byte${more > 1 ? 's' : ''}`;
    add(output, `[Uint8Contents]: <${text}>`);
    add(output, `byteLength: ${bytes.length}`);
  },
});

const lowerHex = (digits) => {
  let text = '';
  for (let i = 0; i < digits.length; i++) {
    const code = charCodeAt(digits, i);
    text += code > 64 ? slice('abcdef', code - 65, code - 64) : slice(digits, i, i + 1);
  }
  return text;
};

// Kinds that are one text, with braces only for properties that the program added.
const baseShape = (text, name, tag, kind, keys) => {
  const prefix = prefixOf(name, tag, kind, '');
  const base = prefix === `${kind} ` ? text : `${prefix}${text}`;
  if (keys.length === 0) return { text: base };
  return { open: '{', close: '}', base, keys, array: false };
};

const regexpText = (object) => {
  let flags = '';
  for (let i = 0; i < regexpFlags.length; i++) {
    if (regexpFlags[i][1](object)) flags += regexpFlags[i][0];
  }
  return `/${regexpSource(object)}/${flags}`;
};

const dateShape = (object, name, tag, keys) => {
  const time = dateTime(object);
  return baseShape(time !== time ? 'Invalid Date' : dateIso(object), name, tag, 'Date', keys);
};

const boxShape = (object, box, name, keys, style) => {
  const kind = box[0];
  const value = box[1](object);
  if (kind === 'String') {
    const named = list();
    for (let i = 0; i < keys.length; i++) {
      if (typeof keys[i] !== 'string' || !isIndex(keys[i])) add(named, keys[i]);
    }
    keys = named;
  }
  const subclass = name === kind ? '' : name === null ? ' (null prototype)' : ` (${name})`;
  const base = `[${kind}${subclass}: ${primitiveText(value, newStyle(0, style.budget))}]`;
  if (keys.length === 0) return { text: base };
  return { open: '{', close: '}', base, keys, array: false };
};

const functionShape = (object, name, tag) => {
  const keys = enumerableKeys(object, false);
  const source = functionText(object);
  const base = startsWith(source, 'class') && indexOf(source, '{') > 0
    ? classBase(object, name, tag) : functionBase(object, name, tag);
  if (keys.length === 0) return { text: base };
  return { open: '{', close: '}', base, keys, array: false };
};

const functionBase = (object, name, tag) => {
  const kind = tag === 'AsyncFunction' || tag === 'GeneratorFunction'
    || tag === 'AsyncGeneratorFunction' ? tag : 'Function';
  const own = functionName(object);
  let text = `[${kind}`;
  if (name === null) text += ' (null prototype)';
  text += own === '' ? ' (anonymous)]' : `: ${own}]`;
  if (name !== null && name !== kind && name !== 'Function') text += ` ${name}`;
  if (tag !== '' && tag !== kind && tag !== name) text += ` [${tag}]`;
  return text;
};

const classBase = (object, name, tag) => {
  const own = functionName(object);
  let text = own === '' ? '[class (anonymous)' : `[class ${own}`;
  if (name !== 'Function' && name !== null) text += ` [${name}]`;
  if (tag !== '' && tag !== name) text += ` [${tag}]`;
  const parent = unproxy(getPrototypeOf(object));
  if (typeof parent === 'function' && functionName(parent) !== '') {
    text += ` extends ${functionName(parent)}`;
  } else if (name === null || parent === null) text += ' extends [null prototype]';
  return `${text}]`;
};
