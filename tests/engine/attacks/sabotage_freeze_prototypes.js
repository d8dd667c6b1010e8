// Sabotage: every prototype frozen. [ok; defaults]
for (const key of Reflect.ownKeys(globalThis)) { const value = Object.getOwnPropertyDescriptor(globalThis, key).value; if (value && value.prototype) Object.freeze(value.prototype); }
const kept = 1; console.log(kept, [kept]); kept;
