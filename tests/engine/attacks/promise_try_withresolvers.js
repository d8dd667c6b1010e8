// Promise.withResolvers whose promise resolves another for ever. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const turn = () => { const { promise, resolve } = Promise.withResolvers(); promise.then(turn); resolve(); };
turn();
