// A regular expression's interrupt is caught. [limit wall_ms; wall_ms=300 cpu_ms=20000]
for (;;) { try { /(x+x+)+y/.exec('x'.repeat(60)); } catch {} }
