// A rejection whose reason cannot be made a string. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
Promise.reject({ toString() { for (;;) {} } });
