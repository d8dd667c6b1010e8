// Atob and btoa of large texts. [ok | limit; cpu_ms=100 wall_ms=20000]
atob(btoa('x'.repeat(3e6))).length;
