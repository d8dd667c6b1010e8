// A string that doubles until 32 MiB are full. [limit memory_mb; memory_mb=32 cpu_ms=20000 wall_ms=20000]
let text = 'x'; for (;;) text += text;
