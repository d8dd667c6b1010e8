// Nested look-behind over a long text. [limit cpu_ms | limit memory_mb | ok | error InternalError; cpu_ms=100 wall_ms=20000]
/^(?:(?=(a+))a*)*b$|(a|aa)+$(?<=x(?:a|aa)+)/.test('a'.repeat(60));
