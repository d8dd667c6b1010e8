// Natives that never poll: default sort. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const all = Array.from({ length: 2e5 }, (_, i) => (i * 7919) % 2e5); for (;;) all.sort();
