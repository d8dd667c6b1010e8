// A console call with ten thousand arguments. [limit output_kb; output_kb=4]
console.log(...Array.from({ length: 10000 }, (_, i) => i));
