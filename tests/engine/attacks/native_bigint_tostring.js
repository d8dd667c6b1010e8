// Natives that never poll: bigint tostring. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const big = 7n ** 300000n; for (;;) String(big);
