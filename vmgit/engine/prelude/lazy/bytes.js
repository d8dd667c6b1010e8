// Bytes of views and buffers, and their way through JSON as base64.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const Bytes = Uint8Array;
const viewProto = inner.getPrototypeOf(Uint8Array.prototype);
const getter = (object, key) => inner.getDescriptor(object, key).get;
const viewBuffer = getter(viewProto, 'buffer'), viewStart = getter(viewProto, 'byteOffset');
const viewLength = getter(viewProto, 'byteLength');

exports.toBase64 = (bytes) => {
  let text = '';
  const length = inner.apply(viewLength, bytes, []);
  for (let i = 0; i < length; i += 3) {
    const left = length - i, b = left > 1 ? bytes[i + 1] : 0, c = left > 2 ? bytes[i + 2] : 0;
    text += DIGITS[bytes[i] >> 2] + DIGITS[(bytes[i] & 3) << 4 | b >> 4] +
      (left > 1 ? DIGITS[(b & 15) << 2 | c >> 6] : '=') + (left > 2 ? DIGITS[c & 63] : '=');
  }
  return text;
};

const values = new Bytes(128);
for (let i = 0; i < 64; i++) values[inner.charCodeAt(DIGITS, i)] = i;

exports.fromBase64 = (text) => {
  let length = text.length / 4 * 3;
  if (text[text.length - 1] === '=') length -= text[text.length - 2] === '=' ? 2 : 1;
  const bytes = new Bytes(length);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) bits = bits << 6 | values[inner.charCodeAt(text, i + j)];
    for (let shift = 16; shift >= 0 && at < length; shift -= 8) bytes[at++] = bits >> shift & 255;
  }
  return bytes;
};

// The bytes of a typed array or buffer, undefined for anything else.
exports.bytesOf = (data) => {
  if (inner.isView(data)) {
    try {
      return new Bytes(inner.apply(viewBuffer, data, []), inner.apply(viewStart, data, []),
        inner.apply(viewLength, data, []));
    } catch (error) {
      return undefined;  // a DataView
    }
  }
  return inner.succeeds(inner.bufferLength, data) ? new Bytes(data) : undefined;
};
