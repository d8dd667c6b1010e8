// Sabotage: accessors for indices that loop; the engine itself falls into them when it calls out. [limit cpu_ms | ok; cpu_ms=100 wall_ms=20000]
for (const prototype of [Array.prototype, Object.prototype]) {
  for (let i = 0; i < 20; i++) Object.defineProperty(prototype, i, { configurable: true, set() { for (;;) {} }, get() { for (;;) {} } });
}
console.log('still', 1, null);
'alive';
