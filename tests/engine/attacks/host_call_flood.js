// Host calls without end. [limit events; wall_ms=300 cpu_ms=20000]
const kv = require('vmgit:kv'); for (;;) kv.get('k');
