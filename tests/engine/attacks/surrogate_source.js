// An eval of a source with lone surrogates and NUL. [ok; defaults]
for (const text of ['"\ud800"', '/\udc00/', '`\0`', '\ud800', '\0']) { try { eval(text); } catch {} }
1;
