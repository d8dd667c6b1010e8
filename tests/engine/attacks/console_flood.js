// Console lines without end. [limit events; events=200]
for (;;) console.log('line');
