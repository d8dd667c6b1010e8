// A text repeated beyond what is allowed. [limit memory_mb; memory_mb=32]
'x'.repeat(4e7).split('');
