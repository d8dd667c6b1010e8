// A do-while around a switch that falls through. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
let n = 0;
do { switch (n) { default: n = 1; case 1: n = 0; } } while (true);
