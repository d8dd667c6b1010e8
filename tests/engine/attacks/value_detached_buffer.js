// Views of a buffer that was taken away. [ok; defaults]
const buffer = new ArrayBuffer(8), view = new DataView(buffer), bytes = new Uint8Array(buffer); buffer.transfer(); [buffer, view, bytes];
