// A flood of imports that fail. [ok | limit; defaults]
for (let i = 0; i < 200; i++) { try { await import('./nowhere' + i); } catch {} }
1;
