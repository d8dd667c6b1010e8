// A job that queues itself, against the wall limit. [limit wall_ms; wall_ms=300 cpu_ms=20000]
const again = () => Promise.resolve().then(again);
again();
