// Console lines without end. [limit events; wall_ms=300 cpu_ms=20000]
for (;;) console.log('line');
