// A hundred thousand timers. [ok | limit; cpu_ms=100 wall_ms=20000]
for (let i = 0; i < 1e5; i++) setTimeout(() => 0, 1);
