// The methods of the console that few programs use. Like the others they read data properties only
// and never run code of the program's.
const counts = new Map(), started = new Map();
const MOST_INDENT = 1000, MOST_ROWS = 1000;
const BUDGET = 1 << 18;
const labelOf = (label) => (label === undefined ? 'default'
  : typeof label === 'string' ? label : inner.format([label], BUDGET));
const keysOf = (object) => Array.prototype.slice.call(inner.enumerableKeys(object, false));
const print = (level, ...values) => inner.print(level, inner.format(values, BUDGET));

exports.group = (...values) => {
  if (values.length > 0) print('log', ...values);
  inner.group.indent = Math.min(inner.group.indent + 2, MOST_INDENT);
};
exports.groupCollapsed = exports.group;
exports.groupEnd = () => { inner.group.indent = Math.max(inner.group.indent - 2, 0); };

const durationText = (ms) => {
  if (ms < 1000) return `${ms}ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(3)}s`;
  const two = (value, digits) => value.toFixed(digits).padStart(digits ? 3 + digits : 2, '0');
  const hours = Math.floor(ms / 3600000), minutes = Math.floor(ms / 60000) % 60;
  const seconds = (ms % 60000) / 1000;
  return hours > 0 ? `${hours}:${two(minutes, 0)}:${two(Math.floor(seconds), 0)} (h:mm:ss)`
    : `${minutes}:${two(seconds, 3)} (m:ss.mmm)`;
};
exports.time = (label) => {
  const name = labelOf(label);
  if (started.has(name)) {
    print('warn', `Warning: Label '${name}' already exists for console.time()`);
  } else started.set(name, inner.readClock());
};
const sinceStart = (method, label, values) => {
  const name = labelOf(label), start = started.get(name);
  if (start === undefined) {
    print('warn', `Warning: No such label '${name}' for console.${method}()`);
    return false;
  }
  const text = `${name}: ${durationText(inner.readClock() - start)}`;
  print('log', '%s', text, ...values);
  return name;
};
exports.timeLog = (label, ...values) => { sinceStart('timeLog', label, values); };
exports.timeEnd = (label) => {
  const name = sinceStart('timeEnd', label, []);
  if (name !== false) started.delete(name);
};

exports.count = (label) => {
  const name = labelOf(label), count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  print('log', '%s', `${name}: ${count}`);
};
exports.countReset = (label) => {
  const name = labelOf(label);
  if (!counts.delete(name)) print('warn', `Warning: Count for '${name}' does not exist`);
};

exports.assert = (condition, ...values) => {
  if (condition) return;
  if (values.length > 0 && typeof values[0] === 'string') {
    print('warn', `Assertion failed: ${values[0]}`, ...values.slice(1));
  } else if (values.length > 0) print('warn', 'Assertion failed:', ...values);
  else print('warn', 'Assertion failed');
};

exports.dir = (value, options) => {
  const own = (key) => (inner.isObject(options) ? inner.getDescriptor(options, key)?.value : undefined);
  const depth = own('depth');
  const style = inner.newStyle(depth === null ? Infinity : typeof depth === 'number' ? depth : 2, BUDGET);
  style.hidden = own('showHidden') === true;
  inner.print('log', inner.wellFormed(inner.inspect(value, style)));
};
exports.dirxml = (...values) => { print('log', ...values); };

exports.trace = (...values) => {
  const header = values.length > 0 ? `Trace: ${inner.format(values, BUDGET)}` : 'Trace';
  inner.print('error', `${header}\n${new Error().stack.replace(/\n+$/, '')}`);
};

// A cell as Node shows it: arrays open, objects of more than two properties closed.
const cellText = (value) => {
  const open = !inner.isObject(value) || inner.isArray(value)
    || keysOf(inner.unproxy(value)).length <= 2;
  return inner.wellFormed(inner.inspect(value, inner.newStyle(open ? 0 : -1, 1000)));
};
const propertyText = (object, key) => {
  const found = inner.getDescriptor(object, key);
  if (found === undefined) return undefined;
  return 'value' in found ? cellText(found.value) : '[Getter]';
};
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const widthOf = (text) => {
  let width = 0;
  for (const sign of text) width += WIDE.test(sign) ? 2 : 1;
  return width;
};

const draw = (columns) => {
  const rows = Math.max(...columns.map((column) => column.length));
  const widths = columns.map((column) => Math.max(...column.map(widthOf)) + 2);
  const rule = (left, middle, right) =>
    left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const line = (row) => `│${columns.map((column, i) => {
    const text = column[row] ?? '';
    return ` ${text}${' '.repeat(widths[i] - widthOf(text) - 1)}`;
  }).join('│')}│`;
  const lines = [rule('┌', '┬', '┐'), line(0), rule('├', '┼', '┤')];
  for (let row = 1; row < rows; row++) lines.push(line(row));
  return [...lines, rule('└', '┴', '┘')].join('\n');
};

const iterationColumns = (value) => {
  const index = ['(iteration index)'], keys = ['Key'], values = ['Values'];
  if (inner.succeeds(inner.setSize, value)) {
    for (const steps = inner.setValues(value); index.length <= MOST_ROWS;) {
      const step = inner.nextOfSet(steps);
      if (step.done) break;
      values.push(cellText(step.value));
      index.push(`${index.length - 1}`);
    }
    return [index, values];
  }
  for (const steps = inner.mapEntries(value); index.length <= MOST_ROWS;) {
    const step = inner.nextOfMap(steps);
    if (step.done) break;
    keys.push(cellText(step.value[0]));
    values.push(cellText(step.value[1]));
    index.push(`${index.length - 1}`);
  }
  return [index, keys, values];
};

const rowColumns = (value, wanted) => {
  const index = ['(index)'], values = ['Values'], columns = new Map();
  for (const key of wanted ?? []) columns.set(key, [key]);
  for (const key of keysOf(value)) {
    if (typeof key !== 'string' || index.length > MOST_ROWS) continue;
    const row = index.push(key) - 1;
    const item = inner.unproxy(inner.getDescriptor(value, key).value);
    if (!inner.isObject(item)) {
      values[row] = propertyText(value, key);
      continue;
    }
    const fields = wanted ?? keysOf(item);
    for (const field of fields) {
      if (typeof field !== 'string' || (!columns.has(field) && columns.size >= MOST_ROWS)) continue;
      if (!columns.has(field)) columns.set(field, [field]);
      columns.get(field)[row] = propertyText(item, field);
    }
  }
  const all = [index, ...columns.values()];
  if (values.length > 1) all.push(values);
  return all.map((column) => Array.from({ length: index.length }, (_, row) => column[row] ?? ''));
};

exports.table = (data, properties) => {
  if (properties !== undefined && !inner.isArray(properties)) {
    throw new TypeError('The "properties" argument must be an instance of Array.');
  }
  const value = inner.unproxy(data);
  if (!inner.isObject(value) || typeof value === 'function') return print('log', data);
  const many = inner.succeeds(inner.mapSize, value) || inner.succeeds(inner.setSize, value);
  const wanted = properties?.map((key) => (typeof key === 'string' ? key : inner.format([key], 1000)));
  inner.print('log', draw(many ? iterationColumns(value) : rowColumns(value, wanted)));
};
