// A host call whose request would be endless JSON. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
let dag = [1]; for (let i = 0; i < 40; i++) dag = [dag, dag];
require('vmgit:kv').set('k', dag);
