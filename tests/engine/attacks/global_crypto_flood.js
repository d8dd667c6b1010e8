// Random bytes without end. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) crypto.getRandomValues(new Uint8Array(65536));
