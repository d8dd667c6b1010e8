// Sabotage: builtins that can no longer grow. [ok; defaults]
for (const object of [globalThis.console, Object.prototype, Array.prototype, Promise.prototype, Error]) Object.preventExtensions(object);
let later = 1; later;
