// Natives that never poll: unshift. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].unshift.call({ length: 2 ** 53 - 2 }, 1);
