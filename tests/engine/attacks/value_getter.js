// A value whose getters loop. [ok; defaults]
const never = () => { for (;;) {} };
({ get a() { never(); }, get [Symbol.toStringTag]() { never(); }, get then() { return 1; } });
