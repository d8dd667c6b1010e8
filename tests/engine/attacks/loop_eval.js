// A loop inside eval inside Function inside eval. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
eval("Function(\"(0, eval)('for (;;) {}')\")()");
