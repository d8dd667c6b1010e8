// An eval of ten million characters of comment. [ok | limit memory_mb | limit cpu_ms; defaults]
eval('/*' + 'x'.repeat(1e7) + '*/ 5');
