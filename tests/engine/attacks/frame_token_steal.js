// A setter for the variables of the next command. [ok; defaults]
let stolen; try { Object.defineProperty(globalThis, 'dukpy', { set(value) { stolen = value; } }); } catch {}
try { globalThis.__defineSetter__('dukpy', (value) => { stolen = value; }); } catch {}
globalThis.dukpy = { token: 'x', op: 'open' }; globalThis.dukpy = null; globalThis.dukpy = new Proxy({}, { get() { throw 1; } });
if (stolen) throw stolen;
1;
