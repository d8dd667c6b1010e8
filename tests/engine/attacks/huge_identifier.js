// An identifier of a million characters. [ok; defaults]
eval('var ' + 'i'.repeat(1e6) + ' = 1');
