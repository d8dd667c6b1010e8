// The same in a console line. [ok; output_kb=4096]
console.log('\n' + ' at '.repeat(50000) + '<dukpy>:1'); console.log((' at a (' + '\n').repeat(20000) + '<input>:1000:1 ?v=ab <eval> ('); console.log('    '.repeat(40000) + 'at <dukpy> vmgit:require/'); 1;
