// StructuredClone of getters that make more getters. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
const grow = () => ({ get a() { return grow(); } });
structuredClone(grow());
