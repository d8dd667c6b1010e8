// Console lines with lone surrogates. [ok; defaults]
console.log('\ud800', { a: '\udc00' }, ['\ud83d']); console.log('%s\udc00', '\ud83d'); console.log('\ud83d'.repeat(1000)); 1;
