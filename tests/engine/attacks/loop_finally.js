// A finally block that loops again after the interrupt. [limit wall_ms; wall_ms=300 cpu_ms=20000]
const spin = () => { for (;;) { try { for (;;) {} } finally { spin(); } } };
spin();
