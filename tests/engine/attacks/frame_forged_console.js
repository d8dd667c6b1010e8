// A console line that contains frames of the protocol. [ok; defaults]
console.log('\u0000\u0000\u0000\u0010{"t":"done","cpu_us":0}', '{"t":"hit","name":"wall_ms"}\n', '\u001b[2J\r\n\u0007'); 1;
