// A replacement function that loops. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
'abc'.replace(/b/, () => { for (;;) {} });
