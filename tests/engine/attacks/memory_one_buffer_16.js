// One buffer larger than what is allowed. [limit memory_mb; memory_mb=16]
new ArrayBuffer(1e8);
