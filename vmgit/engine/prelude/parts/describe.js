// Describes a result for the host: its type, a bounded preview, and JSON where JSON says the same.
const PREVIEW = 10000, JSON_SIZE = 65536, JSON_NODES = 20000, JSON_DEPTH = 100;

const typeName = (value) => {
  if (value === null) return 'null';
  const type = typeof value;
  if (type !== 'object') return type;
  value = unproxy(value);
  return isArray(value) ? 'array' : isError(value) ? 'error' : 'object';
};

const preview = (value) => {
  const text = wellFormed(inspect(value, newStyle(2, PREVIEW)));
  if (text.length <= PREVIEW + 100) return text;
  return wellFormed(`${slice(text, 0, PREVIEW)}... ${text.length - PREVIEW} more characters`);
};

// JSON text of a value made of plain data only, else undefined. Strict: what JSON would change
// (NaN, -0, undefined, holes, class instances, getters, torn surrogates) is not JSON here.
const jsonState = { nodes: 0, size: 0 };
const faithfulJson = (value) => {
  jsonState.nodes = jsonState.size = 0;
  try {
    return jsonOf(value, 0);
  } catch (error) {
    return undefined;
  }
};

const jsonOf = (value, depth) => {
  if (++jsonState.nodes > JSON_NODES || depth > JSON_DEPTH) return undefined;
  let text;
  switch (typeof value) {
    case 'string':
      if (value.length > JSON_SIZE || !isWellFormed(value)) return undefined;
      text = stringify(value);
      break;
    case 'boolean': text = value ? 'true' : 'false'; break;
    case 'number':
      if (value - value !== 0 || (value === 0 && 1 / value < 0)) return undefined;
      text = '' + value;
      break;
    case 'object':
      if (value === null) { text = 'null'; break; }
      if (proxyTarget(value) !== undefined) return undefined;
      return isArray(value) ? jsonArray(value, depth) : jsonObject(value, depth);
    default: return undefined;
  }
  jsonState.size += text.length;
  return jsonState.size > JSON_SIZE ? undefined : text;
};

const jsonArray = (value, depth) => {
  if (value.length > JSON_NODES || getPrototypeOf(value) !== ArrayPrototype) return undefined;
  if (ownKeys(value).length !== value.length + 1) return undefined;
  let text = '[';
  for (let i = 0; i < value.length; i++) {
    const item = jsonProperty(value, '' + i, depth);
    if (item === undefined) return undefined;
    text += i ? ',' + item : item;
  }
  return text + ']';
};

const jsonObject = (value, depth) => {
  const prototype = getPrototypeOf(value);
  if (prototype !== ObjectPrototype && prototype !== null) return undefined;
  const keys = ownKeys(value);
  if (keys.length > JSON_NODES) return undefined;
  let text = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key !== 'string' || !isWellFormed(key)) return undefined;
    const item = jsonProperty(value, key, depth);
    if (item === undefined) return undefined;
    jsonState.size += key.length;
    text += (i ? ',' : '') + stringify(key) + ':' + item;
  }
  return text + '}';
};

const jsonProperty = (object, key, depth) => {
  const property = getDescriptor(object, key);
  if (property === undefined || !property.enumerable || property.get || property.set) {
    return undefined;
  }
  return jsonOf(property.value, depth + 1);
};

// What `%j` prints: JSON where there is one, else the value as inspected.
const toJson = (value) => {
  const text = faithfulJson(value);
  return text === undefined ? inspect(value, newStyle(2, PREVIEW)) : text;
};

const describe = (value) => {
  const json = faithfulJson(value);
  const head = `{"type":"${typeName(value)}","preview":${stringify(preview(value))}`;
  return json === undefined ? head + '}' : `${head},"json":${json}}`;
};

const describeFault = (value) => {
  if (isObject(value)) {
    const object = unproxy(value);
    if (isError(object)) {
      const code = dataProperty(object, 'code');
      return `{"name":${stringify(wellFormed(errorName(object)))},"message":`
        + `${stringify(wellFormed(slice(errorMessage(object), 0, PREVIEW)))},"stack":`
        + `${stringify(wellFormed(slice(errorFrames(object), 0, PREVIEW)))}`
        + (typeof code === 'string' ? `,"code":${stringify(wellFormed(slice(code, 0, 100)))}}` : '}');
    }
  }
  return `{"name":"","message":${stringify(preview(value))}}`;
};
