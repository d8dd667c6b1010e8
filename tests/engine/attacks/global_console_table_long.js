// Console.table with a hundred thousand rows. [ok | limit output_kb | limit cpu_ms; output_kb=256]
console.table(Array.from({ length: 1e5 }, (_, i) => [i, 'row']));
