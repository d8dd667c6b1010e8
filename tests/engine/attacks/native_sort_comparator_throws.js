// A sort whose comparator queues, throws and lies. [ok; defaults]
const all = Array.from({ length: 2e4 }, (_, i) => i); for (const compare of [() => NaN, () => 1, () => { throw 1; }, (a, b) => { all.length = 0; return a - b; }]) { try { all.sort(compare); } catch {} } 1;
