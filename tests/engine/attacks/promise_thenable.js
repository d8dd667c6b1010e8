// A thenable that resolves to itself for ever. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const again = { then(resolve) { resolve(again); } };
await again;
