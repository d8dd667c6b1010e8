// A console level that does not exist. [ok; defaults]
for (const level of ['fatal', '__proto__', 'constructor']) { try { console[level]('x'); } catch {} }
console.log.call(null, 'x'); Reflect.apply(console.log, undefined, ['y']); 1;
