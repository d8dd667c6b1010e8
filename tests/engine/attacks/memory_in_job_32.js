// Running out of memory in a job. [limit memory_mb; memory_mb=32 cpu_ms=20000 wall_ms=20000]
Promise.resolve().then(() => { const all = []; for (;;) all.push([all]); });
