// An awaited thenable that calls back twice and throws. [ok; defaults]
await { then(resolve) { resolve(1); resolve(2); throw 3; } };
