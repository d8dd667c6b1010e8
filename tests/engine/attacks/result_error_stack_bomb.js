// An error with a stack of ten million characters. [error Error; defaults]
const error = new Error('x'); error.stack = 's'.repeat(1e7); throw error;
