// Sabotage: Math, Number, parseInt, Date. [ok; defaults]
for (const object of [Math, Number, Date, Number.prototype, Date.prototype]) for (const key of Reflect.ownKeys(object)) { try { object[key] = null; } catch {} }
globalThis.parseInt = globalThis.Number = null;
console.log('%d %i %f', 1.5, '2', '3.5', -0);
[1.5];
