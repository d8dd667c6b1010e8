// A pattern that is nested too deeply to compile. [error SyntaxError | error InternalError | error RangeError; defaults]
new RegExp('('.repeat(100000) + ')'.repeat(100000));
