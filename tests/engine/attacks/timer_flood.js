// A timer that sets two more. [limit wall_ms | limit cpu_ms | limit memory_mb; wall_ms=300 cpu_ms=20000 memory_mb=32]
const twice = () => { setTimeout(twice, 1); setTimeout(twice, 1); };
twice();
