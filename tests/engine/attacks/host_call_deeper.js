// A host call whose request is nested as deeply as the engine can print. [error | ok; defaults]
const kv = require('vmgit:kv');
for (let n = 600; n < 3600; n += 600) { let deep = []; for (let i = 0; i < n; i++) deep = [deep]; try { kv.set('k' + n, deep); } catch (error) { error.message; } }
