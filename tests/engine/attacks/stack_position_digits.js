// Positions with more digits than the host can count. [ok; defaults]
console.log('<input>:' + '9'.repeat(5000) + ':' + '9'.repeat(5000), 'cannot find module: vmgit:missing/' + '9'.repeat(5000)); 1;
