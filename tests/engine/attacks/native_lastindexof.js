// Natives that never poll: lastindexof. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);
