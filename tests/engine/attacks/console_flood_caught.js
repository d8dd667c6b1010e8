// Console lines without end, in a loop that catches. [limit events; wall_ms=300 cpu_ms=20000]
for (;;) { try { for (;;) console.error('line'); } catch {} }
