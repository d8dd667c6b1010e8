// An await in a loop without end. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) await null;
