// Caller, callee and arguments do not reach the harness. [ok; defaults]
function peek() { const found = []; for (const key of ['caller', 'arguments', 'callee']) { try { found.push(peek[key]); } catch {} } try { found.push(arguments.callee.caller); } catch {} return found; }
if (peek().some((value) => typeof value === 'function')) throw 'leak';
1;
