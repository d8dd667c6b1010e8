// A typed array of 10 MB. [ok; defaults]
new Uint8Array(1e7);
