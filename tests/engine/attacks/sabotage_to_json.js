// Sabotage: toJSON on every prototype. [ok; defaults]
const poison = () => 'poisoned';
for (const kind of [Object, Array, String, Number, Boolean, Function]) { try { kind.prototype.toJSON = poison; } catch {} }
console.log({ a: [1] });
require('vmgit:kv').get('k');
[1, { a: 'b' }];
