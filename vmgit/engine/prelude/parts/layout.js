// Puts rendered entries into lines: on one line while they are short and shallow, long arrays in
// columns, everything else one entry per line. The measures are those of Node's inspect.
const layout = (output, base, open, close, isArrayLike, object, style, level) => {
  const entries = output.length;
  if (isArrayLike && entries > 6) output = columns(output, object, style);
  if (style.current - level < 3 && entries === output.length) {
    const start = output.length + style.indent + open.length + base.length + 10;
    if (fits(output, start, base)) {
      const joined = join(output, ', ');
      if (indexOf(joined, '\n') < 0) {
        return `${base ? `${base} ` : ''}${open} ${joined} ${close}`;
      }
    }
  }
  const indent = '\n' + repeat(' ', style.indent);
  return `${base ? `${base} ` : ''}${open}${indent}  ${join(output, `,${indent}  `)}`
    + `${indent}${close}`;
};

const fits = (output, start, base) => {
  let total = output.length + start;
  for (let i = 0; i < output.length && total <= LINE; i++) total += output[i].length;
  return total <= LINE && (base === '' || indexOf(base, '\n') < 0);
};

const columns = (output, object, style) => {
  const extra = output.more ? 1 : 0;
  const count = output.length - extra;
  let total = 0, widest = 0;
  for (let i = 0; i < count; i++) {
    total += output[i].length + 2;
    widest = max(widest, output[i].length);
  }
  const cell = widest + 2;
  if (cell * 3 + style.indent >= LINE || !(total / cell > 5 || widest <= 6)) return output;
  const biased = max(cell - 3 - sqrt(cell - total / output.length), 1);
  const across = min(
    round(sqrt(2.5 * biased * count) / biased), floor((LINE - style.indent) / cell), 12,
  );
  if (across <= 1) return output;
  return arrange(output, count, across, alignRight(object), extra);
};

const alignRight = (object) => {
  if (!isArray(object)) return true;
  for (let i = 0; i < object.length && i < 100; i++) {
    const property = getDescriptor(object, '' + i);
    const kind = property ? typeof property.value : 'undefined';
    if (kind !== 'number' && kind !== 'bigint') return false;
  }
  return true;
};

const arrange = (output, count, across, right, extra) => {
  const widths = list();
  for (let column = 0; column < across; column++) {
    let width = 0;
    for (let i = column; i < count; i += across) width = max(width, output[i].length);
    add(widths, width + 2);
  }
  const rows = list();
  for (let i = 0; i < count; i += across) {
    const end = min(i + across, count);
    let row = '';
    for (let j = i; j < end - 1; j++) {
      const cell = `${output[j]}, `;
      row += right ? padStart(cell, widths[j - i]) : padEnd(cell, widths[j - i]);
    }
    row += right ? padStart(output[end - 1], widths[end - 1 - i] - 2) : output[end - 1];
    add(rows, row);
  }
  if (extra) add(rows, output[count]);
  return rows;
};
