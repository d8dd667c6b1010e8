// A host call whose request is nested deeply. [error | ok; defaults]
let deep = []; for (let i = 0; i < 500; i++) deep = [deep];
require('vmgit:kv').set('k', deep);
