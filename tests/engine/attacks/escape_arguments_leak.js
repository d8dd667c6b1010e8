// Methods of the harness do not trust their receiver. [ok; defaults]
for (const method of [console.log, setTimeout, clearTimeout, performance.now, require, Date.now, Math.random]) { for (const self of [undefined, null, globalThis, {}]) { try { method.call(self); } catch {} } }
1;
