// URLs that are long, deep and hostile. [ok | limit cpu_ms; defaults]
for (const part of ['/..', '%', '@', ':', '#', '?', '\u00e4', '[', '.']) { try { new URL('http://a' + part.repeat(20000)); } catch (error) { if (!(error instanceof TypeError || error instanceof RangeError)) throw error; } }
1;
