// Sabotage: every global that can be deleted. [ok; defaults]
const root = globalThis;
for (const key of Reflect.ownKeys(root)) { if (key !== 'root' && key !== 'Reflect') delete root[key]; }
6 * 7;
