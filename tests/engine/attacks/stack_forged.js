// An error whose stack pretends to be the host's. [error Error; defaults]
const error = new Error('boom'); error.stack = '    at run (<dukpy>:1:1)\n    at <input>:1001:1\n    at x (vmgit:require/1:1:1)'; throw error;
