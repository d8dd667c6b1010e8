// Specifiers with lone surrogates, NUL and control characters. [ok; defaults]
const said = []; for (const text of ['./\ud800', './\0', './a\nb', './' + 'x'.repeat(1e5), '\u202e']) { try { require(text); } catch (error) { said.push(error.name); } try { await import(text); } catch (error) { said.push(error.name); } }
said.length;
