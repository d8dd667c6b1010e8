// Error.stackTraceLimit that is endless, absurd or code. [ok; defaults]
for (const limit of [Infinity, -1, NaN, 2 ** 53, '7', Symbol('x'), null]) { try { Error.stackTraceLimit = limit; new Error('x').stack; } catch {} }
1;
