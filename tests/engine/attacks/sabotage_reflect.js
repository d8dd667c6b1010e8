// Sabotage: Reflect and Object. [ok; defaults]
for (const key of Reflect.ownKeys(Reflect)) delete Reflect[key];
for (const key of Object.getOwnPropertyNames(Object)) { try { Object[key] = () => { throw key; }; } catch {} }
console.log({ a: [1] });
({ a: 1 });
