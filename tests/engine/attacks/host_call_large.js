// A host call with a large request, again and again. [limit events | limit memory_mb | limit cpu_ms; memory_mb=64 events=20]
const kv = require('vmgit:kv'); for (;;) kv.set('k', 'x'.repeat(6e4));
