// For await over an async generator without end. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
async function* forever() { for (;;) yield 1; }
for await (const x of forever()) {}
