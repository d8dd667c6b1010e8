// StructuredClone of four billion holes. [ok | error RangeError | limit; cpu_ms=100 wall_ms=20000]
const holes = []; holes.length = 2 ** 32 - 1; structuredClone(holes).length;
