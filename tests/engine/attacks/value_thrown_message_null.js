// An error whose text is the engine's own for no memory left. [error; defaults]
throw 'out of memory';
