// Natives that never poll: string raw. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
String.raw({ raw: { length: 2 ** 53 - 1 } });
