// A reaction that loops; its interrupt becomes a rejection with a handler that loops. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const spin = () => { for (;;) {} };
Promise.resolve().then(spin).catch(spin).then(spin, spin).finally(spin);
