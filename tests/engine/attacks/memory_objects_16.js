// Small objects until 16 MiB are full. [limit memory_mb; memory_mb=16 cpu_ms=20000 wall_ms=20000]
const all = []; for (;;) all.push({ x: all.length });
