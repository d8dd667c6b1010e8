// A value of the store that is larger than a frame. [limit memory_mb | limit cpu_ms | limit wall_ms | error | ok; memory_mb=64]
require('vmgit:kv').set('k', 'x'.repeat(3e7));
