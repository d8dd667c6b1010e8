// Sources that grow: eval of a text that doubles. [limit memory_mb | limit cpu_ms; memory_mb=32 cpu_ms=500]
let code = '0;'; for (;;) { code += code; eval(code); }
