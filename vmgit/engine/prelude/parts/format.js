// What the console prints: Node's format specifiers, and everything else as inspected. It never
// calls what the program defined, so a line cannot loop, throw or print twice.
const formatPart = (code, value, style) => {
  switch (code) {
    case 115: // s
      if (typeof value === 'string') return value;
      return typeof value === 'object' && value !== null
        ? inspect(value, newStyle(0, style.budget)) : primitiveOrInspect(value, style);
    case 100: // d
      if (typeof value === 'bigint') return `${value}n`;
      return isObject(value) || typeof value === 'symbol' ? 'NaN' : numberText(numberOf(value));
    case 105: // i
      if (typeof value === 'bigint') return `${value}n`;
      return isObject(value) || typeof value === 'symbol' ? 'NaN' : numberText(parseWhole(value));
    case 102: // f
      return isObject(value) || typeof value === 'symbol' ? 'NaN' : numberText(parseReal(value));
    case 106: return toJson(value); // j
    case 79: return inspect(value, newStyle(2, style.budget)); // O
    case 111: { // o
      const wide = newStyle(4, style.budget);
      wide.hidden = true;
      return inspect(value, wide);
    }
    case 99: return ''; // c
  }
  return null;
};

const primitiveOrInspect = (value, style) =>
  (isObject(value) ? inspect(value, newStyle(0, style.budget)) : primitiveText(value, style));

const format = (values, budget) => {
  const style = newStyle(2, budget);
  let text = '', next = 0;
  if (values.length > 0 && typeof values[0] === 'string') {
    next = 1;
    text = values.length > 1 ? '' : values[0];
    if (values.length > 1) {
      const first = values[0];
      let start = 0;
      for (let i = 0; i < first.length - 1; i++) {
        if (charCodeAt(first, i) !== 37) continue;
        const code = charCodeAt(first, i + 1);
        if (code === 37) {
          text += slice(first, start, i) + '%';
          start = i + 2;
          i++;
          continue;
        }
        if (next >= values.length) continue;
        const part = formatPart(code, values[next], style);
        if (part === null) continue;
        text += slice(first, start, i) + part;
        start = i + 2;
        next++;
        i++;
      }
      text += slice(first, start);
    }
  }
  for (; next < values.length && text.length <= budget; next++) {
    const value = values[next];
    if (next > 0) text += ' ';
    text += typeof value === 'string' ? value : inspect(value, newStyle(2, budget));
  }
  // What is over the limit of the execution is cut by the host, which stops it there.
  return wellFormed(text.length > budget + 1 ? slice(text, 0, budget + 1) : text);
};

const rendered = {
  __proto__: null, format, indentLines, describe, describeFault, errorFrames, errorMessage, inspect,
  newStyle, proxyTarget, unproxy, succeeds, mapSize, setSize, dateTime, regexpFlags, bufferLength,
  boxes, weakMapHas, weakSetHas, typedArrayTag, enumerableKeys, mapEntries, nextOfMap, setValues,
  nextOfSet,
};
const renderedNames = ownKeys(rendered);
for (let i = 0; i < renderedNames.length; i++) {
  exports[renderedNames[i]] = rendered[renderedNames[i]];
}
