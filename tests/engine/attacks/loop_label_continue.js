// A labelled continue out of catch and finally. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
again: for (;;) { try { while (true) {} } catch { continue again; } finally { continue again; } }
