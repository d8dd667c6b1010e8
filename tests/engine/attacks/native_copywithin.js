// Natives that never poll: copywithin. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
[].copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1);
