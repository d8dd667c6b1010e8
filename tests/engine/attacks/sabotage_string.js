// Sabotage: String.prototype. [ok; defaults]
for (const key of Object.getOwnPropertyNames(String.prototype)) { try { String.prototype[key] = () => { throw key; }; } catch {} }
String.prototype[Symbol.iterator] = null;
console.log('%s: %d', 'a\nb', 1, 'a'.concat);
'text';
