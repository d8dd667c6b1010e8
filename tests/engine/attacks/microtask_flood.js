// A job that queues itself. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
(function again() { Promise.resolve().then(again); })();
