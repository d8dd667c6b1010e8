// Host calls under invented names. [ok; defaults]
const kv = require('vmgit:kv'); const failed = [];
for (const odd of [undefined, null, 1, {}, Symbol('x'), 'a'.repeat(1e5), '__class__', '../../etc/passwd']) { try { kv.get(odd); } catch (error) { failed.push(error.name); } }
if (failed.some((name) => name !== 'TypeError')) throw failed; failed.length;
