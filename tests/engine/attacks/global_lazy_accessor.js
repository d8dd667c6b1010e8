// The accessors of lazy globals, called on other objects. [ok; defaults]
for (const name of ['URL', 'structuredClone', 'crypto', 'Event']) { const { get, set } = Object.getOwnPropertyDescriptor(globalThis, name); if (get) { get.call(null); set.call({}, 1); } }
for (const name of ['URL', 'crypto']) if (globalThis[name] !== 1) throw name;
1;
