// A thrown error whose toString loops. [error Error; defaults]
const never = () => { for (;;) {} };
const error = new Error('kept'); error.toString = never; throw error;
