// An error with a message of ten million characters. [error Error; defaults]
throw new Error('m'.repeat(1e7));
