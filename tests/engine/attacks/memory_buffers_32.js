// Buffers until 32 MiB are full. [limit memory_mb; memory_mb=32 cpu_ms=20000 wall_ms=20000]
const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1));
