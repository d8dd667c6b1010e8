// Parentheses that are nested too deeply to parse. [error; defaults]
eval('('.repeat(1e5) + '1' + ')'.repeat(1e5));
