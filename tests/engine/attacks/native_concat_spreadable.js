// Natives that never poll: concat spreadable. [limit cpu_ms | limit memory_mb; cpu_ms=100 wall_ms=20000]
[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true });
