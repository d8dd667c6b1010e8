// A lastIndex whose valueOf loops. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
const all = /a/g; all.lastIndex = { valueOf() { for (;;) {} } }; all.test('a');
