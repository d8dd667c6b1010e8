// Console.group without end, then a line. [limit output_kb | ok | limit cpu_ms; output_kb=16]
for (let i = 0; i < 1e5; i++) console.group();
for (let i = 0; i < 5; i++) console.log('a\n'.repeat(10));
