// A regular expression whose state outgrows the memory. [limit memory_mb | limit cpu_ms | error InternalError | ok; memory_mb=32]
/(?:a|b)*?$/.exec('ab'.repeat(1e6)); /(.)*$/.test('x'.repeat(4e6));
