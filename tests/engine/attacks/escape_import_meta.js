// Import.meta.url names a workspace path and nothing else. [ok; defaults]
try { await import('./nowhere.mjs'); } catch (error) { if (/\/(usr|home|tmp|work)/.test(error.message + error.stack)) throw error; }
1;
