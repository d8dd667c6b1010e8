// A chain of ten thousand causes. [error Error; defaults]
let error = new Error('0'); for (let i = 0; i < 1e4; i++) error = new Error('' + i, { cause: error }); throw error;
