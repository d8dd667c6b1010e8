// One console line of fifty million characters. [limit output_kb; output_kb=16]
console.log('x'.repeat(2 ** 20).repeat(50));
