// Natives that never poll: sparse sort. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const wide = []; wide.length = 2 ** 32 - 1; wide.sort();
