// A native that never polls, inside a job. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
Promise.resolve().then(() => [].indexOf.call({ length: 2 ** 53 - 1 }, 1));
