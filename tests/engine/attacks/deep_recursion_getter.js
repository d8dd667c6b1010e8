// Recursion through getters, then a value described at the bottom. [ok; defaults]
let n = 0; const odd = { get a() { n++; return this.a; } }; try { odd.a; } catch {}
[n > 100, odd];
