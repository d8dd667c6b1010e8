// A listener that adds a listener for ever. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
const target = new EventTarget();
for (let i = 0; ; i++) target.addEventListener('a', () => i);
