// A require on the last frame of the stack. [ok; defaults]
const dive = () => { try { dive(); } catch { require('vmgit:kv').get('k'); } };
try { dive(); } catch {}
1;
