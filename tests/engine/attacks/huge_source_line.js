// An eval of a line with a hundred thousand statements. [ok | limit cpu_ms; defaults]
eval('1;'.repeat(1e5));
