// A species constructor that loops inside then(). [limit cpu_ms; cpu_ms=100 wall_ms=20000]
class Slow extends Promise { static get [Symbol.species]() { for (;;) {} } }
Slow.resolve(1).then(() => 2);
