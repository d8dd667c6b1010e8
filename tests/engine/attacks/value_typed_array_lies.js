// A typed array with own properties that lie. [ok; defaults]
const never = () => { for (;;) {} };
const bytes = new Uint8Array(4); for (const key of ['length', 'buffer', 'byteLength', 'constructor']) Object.defineProperty(bytes, key, { get: never }); bytes;
