// A loop that does nothing for ever. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) {}
