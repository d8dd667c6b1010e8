// Line separators, byte order marks and right-to-left marks. [ok; defaults]
console.log('\u2028\u2029\ufeff\u202e\u0000\u001b[31m'); '\u2028\ufeff\u0000';
