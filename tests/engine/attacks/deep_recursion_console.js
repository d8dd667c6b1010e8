// A console call on the last frame of the stack. [ok; defaults]
const dive = () => { try { dive(); } catch { console.log({ a: [1] }); } };
try { dive(); } catch {}
1;
