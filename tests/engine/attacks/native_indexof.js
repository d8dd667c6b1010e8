// Natives that never poll: indexof. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].indexOf.call({ length: 2 ** 53 - 1 }, 1);
