// Promise.all over an iterator without end. [limit cpu_ms | limit wall_ms | limit memory_mb; cpu_ms=200 wall_ms=20000 memory_mb=32]
Promise.all({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) });
