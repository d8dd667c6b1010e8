// Running out of memory in a job whose error vanishes. [limit memory_mb; memory_mb=32 cpu_ms=20000 wall_ms=20000]
Promise.resolve().then(() => { const all = []; for (;;) all.push(new Uint8Array(1e5).fill(1)); }).catch(() => {});
