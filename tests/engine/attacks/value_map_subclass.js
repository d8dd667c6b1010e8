// Subclasses of Map, Set and Date with methods that loop. [ok; defaults]
const never = () => { for (;;) {} };
class M extends Map { get size() { never(); } entries() { never(); } [Symbol.iterator]() { never(); } }
class D extends Date { toISOString() { never(); } getTime() { never(); } }
[new M([[1, 2]]), new D(0)];
