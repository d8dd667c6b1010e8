// A hundred thousand timers. [ok | limit; defaults]
for (let i = 0; i < 1e5; i++) setTimeout(() => 0, 1);
