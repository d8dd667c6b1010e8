// Long console lines until the output limit. [limit output_kb; output_kb=16]
for (;;) console.log('x'.repeat(3000));
