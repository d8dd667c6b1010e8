// A global that is first used on the last frame of the stack. [ok; defaults]
const dive = () => { try { dive(); } catch { try { new URL('http://a/'); structuredClone(1); } catch {} } };
dive();
new URL('http://b/').host;
