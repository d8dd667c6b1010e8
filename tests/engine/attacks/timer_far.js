// A timer that is due in a month. [limit wall_ms; wall_ms=300 cpu_ms=20000]
setTimeout(() => 0, 2 ** 31 - 1);
