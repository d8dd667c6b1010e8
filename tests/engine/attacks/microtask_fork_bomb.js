// Every job queues two more. [limit memory_mb | limit cpu_ms; cpu_ms=500 wall_ms=20000 memory_mb=32]
const twice = () => { Promise.resolve().then(twice); Promise.resolve().then(twice); };
twice();
