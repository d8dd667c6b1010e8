// An interval that is never cleared. [limit wall_ms; wall_ms=300 cpu_ms=20000]
setInterval(() => {}, 5);
