// A template's tag that never returns. [limit wall_ms; wall_ms=300 cpu_ms=20000]
const tag = () => { for (;;) {} };
tag`never`;
