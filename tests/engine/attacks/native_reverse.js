// Natives that never poll: reverse. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].reverse.call({ length: 2 ** 53 - 1 });
