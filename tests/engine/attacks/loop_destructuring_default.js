// A default of a destructuring that never returns. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const { a = (() => { for (;;) {} })() } = {};
