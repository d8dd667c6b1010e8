// Sabotage: accessors for indices that record what the harness writes. [ok; defaults]
const stolen = [];
const define = Object.defineProperty, push = (value) => define(stolen, stolen.length, { __proto__: null, value, enumerable: true });
for (const prototype of [Array.prototype, Object.prototype]) {
  for (let i = 0; i < 20; i++) define(prototype, i, { __proto__: null, configurable: true, set: push, get: () => 7 });
}
console.log('secret line', 1, { a: [1] });
require('vmgit:kv').set('k', ['v']);
for (let i = 0; i < stolen.length; i++) if (typeof stolen[i] === 'function') throw 'a function of the harness';
[1];
