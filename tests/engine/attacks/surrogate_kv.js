// A host call with lone surrogates. [ok | error; defaults]
const kv = require('vmgit:kv'); const said = [];
for (const text of ['\ud800', 'a\udc00']) { try { kv.set(text, text); said.push(kv.get(text)); } catch (error) { said.push(error.name); } }
said;
