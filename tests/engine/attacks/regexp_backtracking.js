// Catastrophic backtracking. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
/^(a+)+$/.test('a'.repeat(40) + 'b');
