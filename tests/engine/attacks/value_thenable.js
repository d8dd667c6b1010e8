// A completion value with a then() that loops. [ok; defaults]
const never = () => { for (;;) {} };
({ then: never });
