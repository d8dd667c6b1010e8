// A finally block that swallows the interrupt by leaving the loop. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) { for (;;) { try { for (;;) {} } finally { break; } } }
