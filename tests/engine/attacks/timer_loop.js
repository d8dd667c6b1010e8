// A timer's callback that never returns. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
setTimeout(() => { for (;;) {} }, 1);
