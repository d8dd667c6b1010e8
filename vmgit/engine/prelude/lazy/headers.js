// Headers, the list of names and values of a request or response.
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
// A request's headers of these names are left out: they say where a message begins, ends and goes.
const FORBIDDEN = ['accept-encoding', 'connection', 'content-length', 'expect', 'host',
  'http2-settings', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via'];
let guard, entriesOf;

const nameOf = (name) => {
  const text = `${name}`;
  if (!NAME.test(text)) throw new TypeError(`Headers: ${JSON.stringify(text)} is no header name`);
  return text.toLowerCase();
};
const valueOf = (name, value) => {
  const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (!VALUE.test(text)) throw new TypeError(`Headers: the value of ${name} is not valid`);
  return text;
};

class Headers {
  #list = [];
  #guard = 'none';

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      throw new TypeError('Headers: the initial headers must be an object');
    }
    this.#fill(init);
  }

  static {
    guard = (headers, kind) => { headers.#guard = kind; return headers; };
    entriesOf = (headers) => headers.#list.map((entry) => [entry[0], entry[1]]);
  }

  #fill(init) {
    if (init instanceof Headers) {
      for (const [name, value] of init.#list) this.append(name, value);
    } else if (init[Symbol.iterator] !== undefined) {
      for (const pair of init) {
        const entry = [...pair];
        if (entry.length !== 2) throw new TypeError('Headers: each pair must have two items');
        this.append(entry[0], entry[1]);
      }
    } else {
      for (const name of Reflect.ownKeys(init)) {
        if (Object.getOwnPropertyDescriptor(init, name)?.enumerable) this.append(name, init[name]);
      }
    }
  }

  // False when the header is to be left out without a word, as the fetch standard says.
  #mayChange(name) {
    if (this.#guard === 'immutable') throw new TypeError('Headers: these headers are immutable');
    return this.#guard !== 'request' || !(FORBIDDEN.includes(name) || name.startsWith('proxy-'));
  }

  append(name, value) {
    const key = nameOf(name), text = valueOf(key, value);
    if (this.#mayChange(key)) this.#list.push([key, text]);
  }

  set(name, value) {
    const key = nameOf(name), text = valueOf(key, value);
    if (!this.#mayChange(key)) return;
    const at = this.#list.findIndex((entry) => entry[0] === key);
    if (at < 0) this.#list.push([key, text]);
    else {
      this.#list = this.#list.filter((entry, i) => i <= at || entry[0] !== key);
      this.#list[at] = [key, text];
    }
  }

  delete(name) {
    const key = nameOf(name);
    if (this.#mayChange(key)) this.#list = this.#list.filter((entry) => entry[0] !== key);
  }

  get(name) {
    const key = nameOf(name), found = this.#list.filter((entry) => entry[0] === key);
    return found.length === 0 ? null : found.map((entry) => entry[1]).join(', ');
  }

  has(name) {
    const key = nameOf(name);
    return this.#list.some((entry) => entry[0] === key);
  }

  getSetCookie() {
    return this.#list.filter((entry) => entry[0] === 'set-cookie').map((entry) => entry[1]);
  }

  // Sorted by name; values of one name are joined, but those of Set-Cookie.
  #sorted() {
    const names = [...new Set(this.#list.map((entry) => entry[0]))].sort();
    return names.flatMap((name) => (name === 'set-cookie'
      ? this.getSetCookie().map((value) => [name, value]) : [[name, this.get(name)]]));
  }

  * entries() { yield* this.#sorted(); }

  * keys() { for (const entry of this.#sorted()) yield entry[0]; }

  * values() { for (const entry of this.#sorted()) yield entry[1]; }

  forEach(callback, self = undefined) {
    if (typeof callback !== 'function') {
      throw new TypeError('Headers.forEach: the callback must be a function');
    }
    for (const [name, value] of this.#sorted()) callback.call(self, value, name, this);
  }
}
Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries, writable: true, configurable: true,
});
for (const name of Object.getOwnPropertyNames(Headers.prototype)) {
  if (name !== 'constructor') Object.defineProperty(Headers.prototype, name, { enumerable: true });
}
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: 'Headers', configurable: true });
Object.assign(exports, { Headers, guard, entriesOf, FORBIDDEN });
