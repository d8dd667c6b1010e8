// A result whose description is what no memory is left for. [ok | limit memory_mb; memory_mb=16]
const text = 'é'.repeat(3e6); [text, text + 1];
