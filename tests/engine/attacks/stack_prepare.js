// Error.prepareStackTrace would hand out the harness's functions. [ok; defaults]
let seen = []; try { Error.prepareStackTrace = (error, sites) => { seen.push(...sites); }; } catch {}
try { Object.defineProperty(Error, 'prepareStackTrace', { value: (e, s) => seen.push(s) }); } catch {}
new Error('x').stack;
if (seen.length) throw seen.map((site) => site.getFunction());
1;
