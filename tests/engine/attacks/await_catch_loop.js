// A loop that awaits a rejection and catches it. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) { try { await Promise.reject(1); } catch {} }
