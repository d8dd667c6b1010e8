// Sabotage: JSON. [ok; defaults]
JSON.stringify = JSON.parse = () => { throw 1; };
delete globalThis.JSON;
console.log({ a: 1 });
require('vmgit:kv').set('k', [1]);
[1];
