// A native that never polls, inside a loop that catches. [limit wall_ms; wall_ms=300 cpu_ms=20000]
for (;;) { try { [].includes.call({ length: 2 ** 53 - 1 }, 1); } catch {} }
