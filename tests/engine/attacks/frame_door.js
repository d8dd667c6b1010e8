// The door of generated modules, called by the program. [ok; defaults]
const door = globalThis[Symbol.for('vmgit.door')];
for (const key of Reflect.ownKeys(door)) { for (const args of [[], ['__proto__'], ['/etc/passwd'], [{}], ['x', '{']]) { try { door[key](...args); } catch (error) { if (!(error instanceof Error)) throw error; } } }
1;
