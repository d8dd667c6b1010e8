// Blocks, arrays, templates and arrows nested too deeply. [ok; defaults]
for (const [open, close] of [['{', '}'], ['[', ']'], ['`${', '}`'], ['()=>', '0'], ['-', '1'], ['a?', ':0'], ['new ', 'x'], ['if(1)', ';']]) {
  try { eval(open.repeat(2e4) + close.repeat(2e4)); } catch {}
}
'alive';
