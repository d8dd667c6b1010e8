// A value whose toJSON loops. [ok; defaults]
const never = () => { for (;;) {} };
({ toJSON: never, inner: { toJSON: never } });
