// The same against the CPU limit. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) { new Promise(() => { for (;;) {} }).catch(() => 0); }
