// A global that is first used when no memory is left. [ok | limit memory_mb | error InternalError; memory_mb=16]
const all = []; try { for (;;) all.push(new Array(1000).fill(1)); } catch {}
try { new URL('http://a'); } catch {}
1;
