// A string that doubles until 16 MiB are full. [limit memory_mb; memory_mb=16 cpu_ms=20000 wall_ms=20000]
let text = 'x'; for (;;) text += text;
