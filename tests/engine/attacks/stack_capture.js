// CaptureStackTrace into odd objects. [ok; defaults]
const target = {}; Error.captureStackTrace?.(target); for (const odd of [Object.freeze({}), new Proxy({}, {}), 1]) { try { Error.captureStackTrace?.(odd); } catch {} }
if (/dukpy>|vmgit.engine/.test(String(target.stack).replace(/<dukpy>/g, ''))) throw target.stack;
1;
