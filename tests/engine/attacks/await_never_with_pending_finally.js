// A pending await whose finally loops must not run later. [error Pending; defaults]
try { await new Promise(() => {}); } finally { for (;;) {} }
