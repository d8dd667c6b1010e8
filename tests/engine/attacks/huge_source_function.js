// A function with sixty thousand parameters. [error | ok; defaults]
new Function(...Array.from({ length: 70000 }, (_, i) => 'p' + i), 'return p0');
