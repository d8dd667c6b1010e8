// What Request and Response have in common: a body that is read once. It is there as a whole, as
// text or bytes; there are no streams, blobs or forms.
const { bytesOf, toBase64, fromBase64 } = inner.load('bytes');
let wire;

// What a body is made of and the content type that comes with it.
const extract = (value) => {
  if (value === null || value === undefined) return [null, null];
  const bytes = typeof value === 'object' ? bytesOf(value) : undefined;
  if (bytes !== undefined) return [{ bytes: bytes.slice() }, null];
  if (inner.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return [{ bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() }, null];
  }
  if (value instanceof URLSearchParams) {
    return [{ text: `${value}` }, 'application/x-www-form-urlencoded;charset=UTF-8'];
  }
  return [{ text: `${value}`.toWellFormed() }, 'text/plain;charset=UTF-8'];
};

class Body {
  #content;
  #used = false;

  constructor(content) { this.#content = content; }

  static {
    // The body as JSON, for a host call or out of one.
    wire = {
      pack(body) {
        const content = body.#content;
        if (content === null) return null;
        return content.text !== undefined ? content : { base64: toBase64(content.bytes) };
      },
      unpack: (body) => (body === null || body.text !== undefined ? body
        : { bytes: fromBase64(body.base64) }),
      // Hands the body over to another object; this one has been used then.
      take(body) {
        if (body.#used) throw new TypeError('Body is unusable: it has been read already');
        if (body.#content !== null) body.#used = true;
        return body.#content;
      },
      share(body) {
        if (body.#used) throw new TypeError('Body is unusable: it has been read already');
        return body.#content;
      },
    };
  }

  get bodyUsed() { return this.#used; }

  async text() {
    const content = wire.take(this);
    if (content === null) return '';
    if (content.text === undefined) return new TextDecoder().decode(content.bytes);
    return content.text[0] === '\ufeff' ? content.text.slice(1) : content.text;
  }

  async json() { return JSON.parse(await this.text()); }

  async bytes() {
    const content = wire.take(this);
    if (content === null) return new Uint8Array(0);
    return content.text === undefined ? content.bytes.slice() : new TextEncoder().encode(content.text);
  }

  async arrayBuffer() { return (await this.bytes()).buffer; }
}
Object.assign(exports, { Body, wire, extract });
