// A `then` getter that loops. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
Promise.resolve({ get then() { for (;;) {} } });
