// Host calls without end. [limit events; events=200]
const kv = require('vmgit:kv'); for (;;) kv.get('k');
