// Recursion without end. [error RangeError | error InternalError; defaults]
(function dive() { return 1 + dive(); })();
