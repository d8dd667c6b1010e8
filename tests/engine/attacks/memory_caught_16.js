// Running out of memory again and again, each time caught. [ok | limit memory_mb | limit cpu_ms; memory_mb=16 cpu_ms=300 wall_ms=20000]
for (let i = 0; i < 50; i++) { try { const all = []; for (;;) all.push(new Array(1000).fill(i)); } catch {} }
'caught';
