// A module that throws a lone surrogate. [error; defaults]
await import('./bad.mjs');
