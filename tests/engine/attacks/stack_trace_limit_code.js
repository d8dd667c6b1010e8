// Error.stackTraceLimit that is code. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
Error.stackTraceLimit = { valueOf() { for (;;) {} } };
new Error('x').stack;
