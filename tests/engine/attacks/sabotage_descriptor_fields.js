// Sabotage: every field of a property descriptor on Object.prototype. [ok; defaults]
const define = Object.defineProperty, own = Object.prototype;
for (const field of ['value', 'get', 'set', 'writable', 'enumerable', 'configurable', 'text', 'open', 'close', 'keys', 'fill', 'array', 'base', 'done', 'path', 'pad', 'error', 'result', 'host', 'id', 'format']) define(own, field, { __proto__: null, get() { for (;;) {} }, set() {}, configurable: true });
console.log({ a: 1 }, [1], new Map([[1, 2]]), new Proxy({ a: 1 }, {}));
require('vmgit:kv').get('k');
[{ a: 1 }];
