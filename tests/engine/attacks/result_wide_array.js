// An array of two million items. [ok; memory_mb=64]
new Array(2e6).fill(7);
