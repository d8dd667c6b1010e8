// Sabotage: setters for indices that throw. [ok; defaults]
Object.defineProperty(Array.prototype, 0, { set() { throw 'stolen'; } });
console.log('line');
({ a: 1 });
