// Recursion through natives. [error RangeError | error InternalError; defaults]
const dive = () => [2, 1].sort(dive); dive();
