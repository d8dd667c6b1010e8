// Two hundred thousand lines. [ok | limit cpu_ms; defaults]
eval('\n'.repeat(2e5) + 'new Error("x").stack');
