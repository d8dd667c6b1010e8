// Errors of the host carry no Python text. [ok; defaults]
const texts = [];
for (const go of [() => require('./x'), () => require(1), () => require('vmgit:fs'), () => require('vmgit:kv').get(), () => require('vmgit:kv').set('a', () => 1), () => eval('}{'), () => JSON.parse('{'), () => new RegExp('('), () => decodeURI('%'), () => 1n / 0n]) { try { go(); } catch (error) { texts.push(String(error), error.stack); } }
if (/python|Traceback|msgspec|\.py\b|site-packages/i.test(texts.join())) throw texts;
texts.length;
