// TextEncoder and TextDecoder for UTF-8, UTF-16 and windows-1252 (the web's `latin1`).
const HIGH = [
  8364, 129, 8218, 402, 8222, 8230, 8224, 8225, 710, 8240, 352, 8249, 338, 141, 381, 143, 144,
  8216, 8217, 8220, 8221, 8226, 8211, 8212, 732, 8482, 353, 8250, 339, 157, 382, 376,
];
const LABELS = {
  __proto__: null,
  'utf-8': ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8'],
  'utf-16le': ['utf-16le', 'utf-16', 'ucs-2', 'unicode', 'csunicode', 'iso-10646-ucs-2',
    'unicodefeff'],
  'utf-16be': ['utf-16be', 'unicodefffe'],
  'windows-1252': ['windows-1252', 'latin1', 'ascii', 'us-ascii', 'iso-8859-1', 'iso8859-1',
    'iso88591', 'l1', 'cp1252', 'x-cp1252', 'ansi_x3.4-1968', 'cp819', 'csisolatin1', 'ibm819',
    'iso-ir-100', 'iso_8859-1', 'iso_8859-1:1987'],
};

const writeUtf8 = (text, write) => {
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    let units = 1;
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = code < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        units = 2;
      } else code = 0xfffd;
    }
    if (!write(code, units)) return;
    i += units - 1;
  }
};
const sizeOf = (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
const putCode = (bytes, at, code, size) => {
  if (size === 1) {
    bytes[at] = code;
    return;
  }
  for (let i = size - 1; i > 0; i--) {
    bytes[at + i] = 0x80 | (code & 63);
    code >>>= 6;
  }
  bytes[at] = (0xf00 >> size) & 0xff | code;
};

exports.TextEncoder = class TextEncoder {
  get encoding() { return 'utf-8'; }

  encode(input = '') {
    const text = `${input}`;
    let size = 0;
    writeUtf8(text, (code) => { size += sizeOf(code); return true; });
    const bytes = new Uint8Array(size);
    let at = 0;
    writeUtf8(text, (code) => {
      const wide = sizeOf(code);
      putCode(bytes, at, code, wide);
      at += wide;
      return true;
    });
    return bytes;
  }

  encodeInto(source, destination) {
    if (!(destination instanceof Uint8Array)) {
      throw new TypeError('The "dest" argument must be an instance of Uint8Array.');
    }
    let read = 0, written = 0;
    writeUtf8(`${source}`, (code, units) => {
      const wide = sizeOf(code);
      if (written + wide > destination.length) return false;
      putCode(destination, written, code, wide);
      written += wide;
      read += units;
      return true;
    });
    return { read, written };
  }
};

// Each decoder takes a byte, or -1 for the end, and hands code points or BAD to `give`.
const BAD = -1;
const utf8Decoder = (give) => {
  let left = 0, code = 0, lower = 0x80, upper = 0xbf;
  const begin = (byte) => {
    if (byte < 0x80) return give(byte);
    if (byte < 0xc2 || byte > 0xf4) return give(BAD);
    left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    code = byte & (0x3f >> left);
    lower = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    upper = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
  };
  return (byte) => {
    if (left === 0) return byte < 0 ? undefined : begin(byte);
    if (byte < lower || byte > upper) {
      left = 0;
      give(BAD);
      return byte < 0 ? undefined : begin(byte);
    }
    lower = 0x80;
    upper = 0xbf;
    code = (code << 6) | (byte & 63);
    if (--left === 0) give(code);
  };
};

const utf16Decoder = (give, big) => {
  let first = -1, high = -1;
  const unit = (value) => {
    if (high >= 0) {
      const before = high;
      high = -1;
      if (value >= 0xdc00 && value <= 0xdfff) {
        return give(0x10000 + ((before - 0xd800) << 10) + (value - 0xdc00));
      }
      give(BAD);
    }
    if (value >= 0xd800 && value <= 0xdbff) high = value;
    else give(value >= 0xdc00 && value <= 0xdfff ? BAD : value);
  };
  return (byte) => {
    if (byte < 0) {
      if (first >= 0 || high >= 0) give(BAD);
      first = high = -1;
    } else if (first < 0) first = byte;
    else {
      const value = big ? (first << 8) | byte : first | (byte << 8);
      first = -1;
      unit(value);
    }
  };
};

const singleDecoder = (give) => (byte) => {
  if (byte >= 0) give(byte >= 0x80 && byte < 0xa0 ? HIGH[byte - 0x80] : byte);
};

const bytesOf = (input) => {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  if (inner.succeeds(inner.bufferLength, input)) return new Uint8Array(input);
  throw new TypeError('The "list" argument must be an instance of ArrayBuffer or ArrayBufferView.');
};

const fail = (Kind, message, code) => Object.assign(new Kind(message), { code });

exports.TextDecoder = class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #feed = null;
  #bomSeen = false;
  #text = [];
  #codes = [];

  constructor(label = 'utf-8', options = {}) {
    const wanted = `${label}`.trim().toLowerCase();
    for (const name in LABELS) if (LABELS[name].includes(wanted)) this.#encoding = name;
    if (this.#encoding === undefined) {
      throw fail(RangeError, `The "${label}" encoding is not supported`,
        'ERR_ENCODING_NOT_SUPPORTED');
    }
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }

  get encoding() { return this.#encoding; }

  get fatal() { return this.#fatal; }

  get ignoreBOM() { return this.#ignoreBOM; }

  decode(input = undefined, options = {}) {
    const bytes = bytesOf(input);
    this.#feed ??= this.#decoder();
    try {
      for (let i = 0; i < bytes.length; i++) this.#feed(bytes[i]);
      if (!options?.stream) this.#feed(-1);
      this.#flush();
      return this.#text.join('');
    } catch (error) {
      this.#feed = null;
      throw error;
    } finally {
      this.#text = [];
      this.#codes = [];
      if (!options?.stream) this.#feed = null;
    }
  }

  #decoder() {
    this.#bomSeen = this.#ignoreBOM || this.#encoding === 'windows-1252';
    const give = (code) => this.#give(code);
    if (this.#encoding === 'utf-8') return utf8Decoder(give);
    if (this.#encoding === 'windows-1252') return singleDecoder(give);
    return utf16Decoder(give, this.#encoding === 'utf-16be');
  }

  #give(code) {
    if (code === BAD) {
      if (this.#fatal) {
        throw fail(TypeError, `The encoded data was not valid for encoding ${this.#encoding}`,
          'ERR_ENCODING_INVALID_ENCODED_DATA');
      }
      code = 0xfffd;
    }
    const first = !this.#bomSeen;
    this.#bomSeen = true;
    if (first && code === 0xfeff) return;
    this.#codes.push(code);
    if (this.#codes.length >= 200) this.#flush();
  }

  #flush() {
    if (this.#codes.length > 0) this.#text.push(String.fromCodePoint(...this.#codes));
    this.#codes = [];
  }
};

for (const name of ['TextEncoder', 'TextDecoder']) {
  Object.defineProperty(exports[name].prototype, Symbol.toStringTag, {
    value: name, configurable: true,
  });
}
