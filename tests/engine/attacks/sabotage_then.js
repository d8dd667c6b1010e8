// Sabotage: a then on Object.prototype. [ok | error; defaults]
Object.prototype.then = function (resolve) { for (;;) {} };
await 1;
7;
