// `vmgit:sqlite`. Every call names its database; what JSON cannot hold travels as `{int}`, `{real}`
// and `{base64}`, in both directions.
const { toBase64, fromBase64, bytesOf } = inner.load('bytes');

const outward = (op, value) => {
  if (value === null) return null;
  switch (typeof value) {
    case 'string': return value;
    case 'bigint': return { __proto__: null, int: `${value}` };
    case 'number':
      if (value !== value) return null;  // SQLite has no NaN
      return Number.isSafeInteger(value) || value % 1 !== 0 && Math.abs(value) !== Infinity
        ? value : { __proto__: null, real: `${value}` };
    default: {
      const bytes = typeof value === 'object' ? bytesOf(value) : undefined;
      if (bytes !== undefined) return { __proto__: null, base64: toBase64(bytes) };
      throw new TypeError(`sqlite.${op}: a ${typeof value} cannot be bound to a parameter`);
    }
  }
};

const paramsOf = (op, params) => {
  if (params === undefined) return undefined;
  if (typeof params !== 'object' || params === null) {
    throw new TypeError(`sqlite.${op}: the parameters must be a list or an object`);
  }
  if (inner.isArray(params)) return Array.from(params, (value) => outward(op, value));
  const named = { __proto__: null };
  for (const name of Object.keys(params)) {
    named[/^[:@$]/.test(name) ? name.slice(1) : name] = outward(op, params[name]);
  }
  return named;
};

const inward = (op, value, big) => {
  if (value === null || typeof value !== 'object') return value;
  if (Object.hasOwn(value, 'base64')) return fromBase64(value.base64);
  if (Object.hasOwn(value, 'real')) return Number(value.real);
  if (big) return BigInt(value.int);
  throw new RangeError(`sqlite.${op}: ${value.int} is too large for a number; `
    + 'open the database with { readBigInts: true }');
};

const rowsOf = (op, found, big) => found.rows.map((values) => {
  const row = {};
  for (let i = 0; i < values.length; i++) {
    Object.defineProperty(row, found.columns[i], {
      __proto__: null, value: inward(op, values[i], big),
      writable: true, enumerable: true, configurable: true,
    });
  }
  return row;
});

const runOf = (op, run, big) => {
  const told = {
    changes: inward(op, run.changes, big), lastInsertRowid: inward(op, run.last, big),
  };
  if (run.columns !== undefined) told.rows = rowsOf(op, run, big);
  return told;
};

const textOf = (op, sql) => {
  if (typeof sql !== 'string') throw new TypeError(`sqlite.${op}: the SQL must be a string`);
  return sql;
};

class Database {
  #path;
  #big;
  #isOpen = true;

  constructor(path, options = {}) {
    if (typeof path !== 'string') throw new TypeError('sqlite.open: the path must be a string');
    this.#path = path;
    this.#big = Boolean(options?.readBigInts);
    inner.hostCall('sqlite.open', { __proto__: null, path });
  }

  #call(op, request) {
    if (!this.#isOpen) throw new Error(`sqlite.${op}: the database ${this.#path} is closed`);
    const big = this.#big ? true : undefined;
    return inner.hostCall(`sqlite.${op}`, { __proto__: null, path: this.#path, ...request, big });
  }

  get path() { return this.#path; }

  query(sql, params = undefined) {
    const request = { sql: textOf('query', sql), params: paramsOf('query', params) };
    return rowsOf('query', this.#call('query', request), this.#big);
  }

  exec(sql, params = undefined) {
    const request = { sql: textOf('exec', sql), params: paramsOf('exec', params) };
    return runOf('exec', this.#call('exec', request), this.#big);
  }

  transaction(statements) {
    const op = 'transaction';
    const given = Array.from(statements, (one) => {
      const [sql, params] = typeof one === 'string' ? [one] : one;
      return { __proto__: null, sql: textOf(op, sql), params: paramsOf(op, params) };
    });
    return this.#call(op, { statements: given }).map((run) => runOf(op, run, this.#big));
  }

  close() { this.#isOpen = false; }
}
Object.defineProperty(Database.prototype, Symbol.toStringTag, {
  value: 'Database', configurable: true,
});

exports.module = { open: (path, options = undefined) => new Database(path, options) };
