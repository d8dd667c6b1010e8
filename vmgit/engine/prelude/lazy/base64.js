// atob and btoa, as the HTML standard says.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const { DOMException } = inner.load('exceptions');

const needText = (name, given) => {
  if (given === 0) {
    throw new TypeError(`The "${name}" argument must be specified`);
  }
};

exports.btoa = function btoa(input) {
  needText('input', arguments.length);
  const text = `${input}`, parts = [];
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i), b = text.charCodeAt(i + 1), c = text.charCodeAt(i + 2);
    if (a > 255 || b > 255 || c > 255) {
      throw new DOMException('Invalid character', 'InvalidCharacterError');
    }
    const bits = (a << 16) | (b << 8) | c, left = text.length - i;
    parts.push(DIGITS[bits >> 18] + DIGITS[(bits >> 12) & 63]
      + (left > 1 ? DIGITS[(bits >> 6) & 63] : '=') + (left > 2 ? DIGITS[bits & 63] : '='));
  }
  return parts.join('');
};

exports.atob = function atob(input) {
  needText('input', arguments.length);
  let text = `${input}`.replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/==?$/, '');
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
    throw new DOMException('The string to be decoded is not correctly encoded.',
      'InvalidCharacterError');
  }
  const parts = [];
  for (let i = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) {
      bits = (bits << 6) | (i + j < text.length ? DIGITS.indexOf(text[i + j]) : 0);
    }
    const whole = String.fromCharCode(bits >> 16, (bits >> 8) & 255, bits & 255);
    parts.push(whole.slice(0, Math.min(text.length - i, 4) - 1));
  }
  return parts.join('');
};
