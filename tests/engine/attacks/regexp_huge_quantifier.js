// Quantifiers that multiply to more than any memory. [error SyntaxError | error InternalError | error RangeError | ok | limit memory_mb | limit cpu_ms; cpu_ms=100 wall_ms=20000]
/((((a{0,9999}){0,9999}){0,9999}){0,9999})b/.test('a'.repeat(1000));
