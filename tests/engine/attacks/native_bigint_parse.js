// Natives that never poll: bigint parse. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) BigInt('9'.repeat(300000));
