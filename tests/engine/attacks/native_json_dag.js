// Natives that never poll: json dag. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; JSON.stringify(a);
