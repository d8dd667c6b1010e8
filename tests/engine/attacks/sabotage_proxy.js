// Sabotage: Proxy replaced before and after. [ok; defaults]
const Kept = Proxy; globalThis.Proxy = null;
new Kept({ a: 1 }, { get() { for (;;) {} } });
