// Sabotage: our own globals. [ok; defaults]
for (const name of ['vmgit', 'dukpy', 'call_python', 'require', 'console', 'performance']) { try { delete globalThis[name]; } catch {} try { globalThis[name] = 1; } catch {} }
1;
