// A value whose every conversion loops. [ok; defaults]
const never = () => { for (;;) {} };
({ toString: never, valueOf: never, [Symbol.toPrimitive]: never, inspect: never, [Symbol.for('nodejs.util.inspect.custom')]: never });
