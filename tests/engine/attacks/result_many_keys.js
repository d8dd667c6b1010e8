// An object with 200,000 keys. [ok; memory_mb=64]
const many = {}; for (let i = 0; i < 2e5; i++) many['k' + i] = i; many;
