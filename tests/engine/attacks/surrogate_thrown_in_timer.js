// A lone surrogate thrown in a timer. [error; defaults]
setTimeout(() => { throw '\udfff'; }, 1);
