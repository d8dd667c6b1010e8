// An array that is filled to two hundred million items. [limit memory_mb; memory_mb=16 cpu_ms=20000 wall_ms=20000]
new Array(2e8).fill(0);
