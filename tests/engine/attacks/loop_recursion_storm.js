// Recursion that catches its own overflow and starts again. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const dive = () => { try { dive(); } catch { dive(); } };
for (;;) dive();
