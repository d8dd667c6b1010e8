// Random bytes from the recorded seed: the same again in a replay, and no secret. Nothing else of
// the Web Crypto interface is here.
const { DOMException } = inner.load('exceptions');
const KINDS = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array',
  'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array'];
const MOST = 65536;
let made = false;

const fill = (bytes) => {
  for (let i = 0; i < bytes.length; i += 4) {
    let word = inner.nextRandom();
    for (let j = i; j < i + 4 && j < bytes.length; j++) {
      bytes[j] = word & 255;
      word >>>= 8;
    }
  }
  return bytes;
};

class Crypto {
  constructor() {
    if (made) throw new TypeError('Illegal constructor');
    made = true;
  }

  getRandomValues(array) {
    if (!inner.isView(array) || !KINDS.includes(inner.typedArrayTag(array))) {
      throw new DOMException('The data argument must be an integer-type TypedArray',
        'TypeMismatchError');
    }
    if (array.byteLength > MOST) {
      throw new DOMException(`The requested length exceeds ${MOST} bytes`, 'QuotaExceededError');
    }
    fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return array;
  }

  randomUUID() {
    const bytes = fill(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += bytes[i].toString(16).padStart(2, '0');
    }
    return text;
  }
}
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { value: 'Crypto', configurable: true });
exports.Crypto = Crypto;
exports.crypto = new Crypto();
