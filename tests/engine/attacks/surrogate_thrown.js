// A thrown text of lone surrogates. [error; defaults]
throw '\ud800\udc00\ud800';
