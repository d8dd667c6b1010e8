// Console.table with a hundred thousand columns. [ok | limit output_kb | limit cpu_ms; output_kb=256]
const wide = {}; for (let i = 0; i < 1e5; i++) wide['c' + i] = i;
console.table([wide, wide]);
