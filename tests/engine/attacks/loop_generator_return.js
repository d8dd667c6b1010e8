// An iterator whose return() loops when the interrupt closes it. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const endless = { [Symbol.iterator]() { return this; }, next: () => ({ done: false }), return() { for (;;) {} } };
for (;;) { try { for (const x of endless) { throw 1; } } catch {} }
