// Closures that hold one another. [limit memory_mb; memory_mb=16 cpu_ms=20000 wall_ms=20000]
let hold = () => 0; for (;;) { const inner = hold; hold = () => inner; }
