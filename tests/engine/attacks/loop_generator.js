// A generator that never ends, driven by for-of. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
function* forever() { for (;;) { try { yield 1; } finally { yield 2; } } }
for (const value of forever()) {}
