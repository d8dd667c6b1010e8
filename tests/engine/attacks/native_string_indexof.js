// Natives that never poll: string indexof. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
('a'.repeat(3e6) + 'b').indexOf('a'.repeat(15e5) + 'c');
