// An executor turns the interrupt into a rejection that is caught. [limit wall_ms; wall_ms=300 cpu_ms=20000]
for (;;) { new Promise(() => { for (;;) {} }).catch(() => 0); }
