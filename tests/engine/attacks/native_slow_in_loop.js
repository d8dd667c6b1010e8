// Natives that never poll: slow in loop. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
for (;;) [].indexOf.call({ length: 5e6 }, 1);
