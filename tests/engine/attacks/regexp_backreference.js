// Backtracking with back references. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
/^(a|a?)+(b|\1)*c$/.test('a'.repeat(60));
