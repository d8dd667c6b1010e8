// StructuredClone of a value nested 100,000 deep. [ok | limit; cpu_ms=100 wall_ms=20000]
let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep];
structuredClone(deep);
