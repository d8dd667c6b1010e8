// Natives that never poll: bigint divide. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const big = 7n ** 300000n, small = 3n ** 200000n; for (;;) big / small;
