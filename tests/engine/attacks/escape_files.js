// Files of the machine are out of reach by every spelling. [ok; defaults]
for (const path of ['/etc/passwd', '../../../../etc/passwd', 'file:///etc/passwd', '/proc/self/environ', './/etc/passwd', '..\\etc', '%2e%2e/etc/passwd', 'C:\\x', '//host/x', 'data:text/javascript,1', 'node:fs', 'fs', 'os', 'std']) {
  let got; try { got = require(path); } catch { try { got = await import(path); } catch {} }
  if (got !== undefined) throw path;
}
1;
