// Bytes of views and buffers, and their way through JSON as base64.
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NativeBytes = saved.Uint8Array, bufferLength = uncurry(saved.bufferLength);
const bytesBuffer = uncurry(saved.typedArrayBuffer), bytesStart = uncurry(saved.typedArrayStart);
const bytesLength = uncurry(saved.typedArrayBytes);

const toBase64 = (bytes) => {
  let text = '';
  const length = bytesLength(bytes);
  for (let i = 0; i < length; i += 3) {
    const left = length - i, b = left > 1 ? bytes[i + 1] : 0, c = left > 2 ? bytes[i + 2] : 0;
    text += base64Digits[bytes[i] >> 2] + base64Digits[(bytes[i] & 3) << 4 | b >> 4] +
      (left > 1 ? base64Digits[(b & 15) << 2 | c >> 6] : '=') +
      (left > 2 ? base64Digits[c & 63] : '=');
  }
  return text;
};

const base64Values = new NativeBytes(128);
for (let i = 0; i < 64; i++) base64Values[charCodeAt(base64Digits, i)] = i;

const fromBase64 = (text) => {
  let length = text.length / 4 * 3;
  if (text[text.length - 1] === '=') length -= text[text.length - 2] === '=' ? 2 : 1;
  const bytes = new NativeBytes(length);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) bits = bits << 6 | base64Values[charCodeAt(text, i + j)];
    for (let shift = 16; shift >= 0 && at < length; shift -= 8) bytes[at++] = bits >> shift & 255;
  }
  return bytes;
};

// The bytes of a view or buffer, undefined for anything else.
const bytesOf = (data) => {
  if (isView(data)) {
    try {
      return new NativeBytes(bytesBuffer(data), bytesStart(data), bytesLength(data));
    } catch (error) {
      return undefined;  // a DataView
    }
  }
  try {
    bufferLength(data);
  } catch (error) {
    return undefined;
  }
  return new NativeBytes(data);
};

exports.toBase64 = toBase64;
exports.fromBase64 = fromBase64;
exports.bytesOf = bytesOf;
