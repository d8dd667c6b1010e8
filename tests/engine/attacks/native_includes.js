// Natives that never poll: includes. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].includes.call({ length: 2 ** 53 - 1 }, 1);
