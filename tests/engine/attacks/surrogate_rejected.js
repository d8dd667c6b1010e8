// A rejection with a lone surrogate that nobody handles. [error; defaults]
Promise.reject('\ud800');
