// A delay whose valueOf loops. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
setTimeout(() => 0, { valueOf() { for (;;) {} } });
