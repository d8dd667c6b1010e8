// Symbols and property names without end. [limit memory_mb; memory_mb=16 cpu_ms=20000 wall_ms=20000]
const all = {}; for (let i = 0; ; i++) all['key' + i] = Symbol('name' + i);
