// Constructors of constructors give no other realm. [ok; defaults]
const root = ({}).constructor.constructor('return this')();
if (root !== globalThis) throw 1;
for (const kind of [(async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor]) new kind('return this')();
1;
