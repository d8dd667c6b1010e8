// A loop that catches whatever stops its body. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) { try { for (;;) {} } catch (error) { continue; } }
