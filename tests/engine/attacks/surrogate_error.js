// An error whose name, message, stack and code hold lone surrogates. [error; defaults]
const error = new Error('\ud800'); error.name = '\udc00'; error.code = '\ud83d'; error.stack = '\udfff'; throw error;
