// Natives that never poll: fill. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
[].fill.call({ length: 2 ** 53 - 1, set 0(value) {} }, 0, 2 ** 40);
