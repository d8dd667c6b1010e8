// A map without end. [limit memory_mb; memory_mb=32 cpu_ms=20000 wall_ms=20000]
const all = new Map(); for (let i = 0; ; i++) all.set({}, [i]);
