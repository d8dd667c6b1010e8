// Timeouts that nobody waits for. [ok | limit; defaults]
for (let i = 0; i < 1e4; i++) AbortSignal.timeout(1e9);
1;
