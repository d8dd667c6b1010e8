// A big integer of a million digits. [ok | limit cpu_ms; defaults]
7n ** 100000n;
