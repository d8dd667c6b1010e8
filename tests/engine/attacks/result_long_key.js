// An object with a key of a million characters. [ok; defaults]
({ ['k'.repeat(1e6)]: 1 });
