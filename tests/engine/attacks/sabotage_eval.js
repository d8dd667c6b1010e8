// Sabotage: eval and Function. [ok; defaults]
globalThis.eval = () => 'stolen';
Function.prototype.constructor = null;
globalThis.Function = null;
'mine';
