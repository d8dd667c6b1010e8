// DOMException, the error class of the web's interfaces.
const codes = {
  __proto__: null,
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
  NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
  InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
  InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19,
  AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23,
  InvalidNodeTypeError: 24, DataCloneError: 25,
};

exports.DOMException = class DOMException extends Error {
  constructor(message = '', options = 'Error') {
    super(`${message}`);
    const named = typeof options === 'object' && options !== null;
    inner.hide(this, 'name', `${named ? options.name ?? 'Error' : options}`);
    if (named && 'cause' in options) inner.hide(this, 'cause', options.cause);
  }

  get code() { return codes[this.name] ?? 0; }
};
for (const name in codes) {
  const constant = name.replace(/Error$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const value = { value: codes[name], enumerable: true };
  Object.defineProperty(exports.DOMException, `${constant}_ERR`, value);
  Object.defineProperty(exports.DOMException.prototype, `${constant}_ERR`, value);
}
Object.defineProperty(exports.DOMException.prototype, Symbol.toStringTag, {
  value: 'DOMException', configurable: true,
});
