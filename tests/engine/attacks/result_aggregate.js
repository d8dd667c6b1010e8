// An AggregateError that holds itself. [error AggregateError; defaults]
const errors = []; const all = new AggregateError(errors, 'all'); all.errors = [all, all]; throw all;
