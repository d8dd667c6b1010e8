// Recursion through conversions. [error RangeError | error InternalError; defaults]
const odd = { toString() { return '' + odd; } }; '' + odd;
