// Clearing timers with anything. [ok; defaults]
for (const odd of [undefined, null, {}, NaN, -1, 'x', Symbol('x'), 1n, [1]]) { clearTimeout(odd); clearInterval(odd); } 1;
