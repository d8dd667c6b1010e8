// AbortController and AbortSignal. A timeout's timer does not keep the execution going.
const { EventTarget, trustedEvent } = inner.load('events');
const { DOMException } = inner.load('exceptions');
const KEY = Symbol('made by the realm');
let abort, deadlineOf;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #handler = null;
  // When a timeout will abort it, by the clock of Date.
  #deadline = Infinity;

  constructor(key) {
    if (key !== KEY) throw new TypeError('Illegal constructor');
    super();
    super.addEventListener('abort', (event) => {
      if (typeof this.#handler === 'function') inner.apply(this.#handler, this, [event]);
    });
  }

  static {
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined
        ? new DOMException('This operation was aborted', 'AbortError') : reason;
      signal.dispatchEvent(trustedEvent('abort'));
    };
    deadlineOf = (signal) => signal.#deadline;
  }

  static abort(reason = undefined) {
    const signal = new AbortSignal(KEY);
    abort(signal, reason);
    return signal;
  }

  static timeout(delay) {
    if (!(Number(delay) >= 0)) {
      throw new RangeError(`The value of "delay" is out of range. Received ${String(delay)}`);
    }
    const signal = new AbortSignal(KEY);
    signal.#deadline = inner.readClock() + Math.floor(Number(delay));
    inner.addTimer(() => expire(signal), delay, [], false, false);
    return signal;
  }

  static any(signals) {
    const all = [...signals], joined = new AbortSignal(KEY);
    for (const signal of all) {
      if (!(signal instanceof AbortSignal)) {
        throw new TypeError('The "signals" argument must hold instances of AbortSignal.');
      }
      if (signal.aborted) {
        abort(joined, signal.reason);
        return joined;
      }
    }
    for (const signal of all) {
      joined.#deadline = Math.min(joined.#deadline, signal.#deadline);
      signal.addEventListener('abort', () => abort(joined, signal.reason), { once: true });
    }
    return joined;
  }

  get aborted() { return this.#aborted; }

  get reason() { return this.#reason; }

  get onabort() { return this.#handler; }

  set onabort(handler) { this.#handler = typeof handler === 'function' ? handler : null; }

  throwIfAborted() { if (this.#aborted) throw this.#reason; }
}

const expire = (signal) => {
  abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
};

class AbortController {
  #signal = new AbortSignal(KEY);

  get signal() { return this.#signal; }

  abort(reason = undefined) { abort(this.#signal, reason); }
}

for (const kind of [AbortController, AbortSignal]) {
  Object.defineProperty(kind.prototype, Symbol.toStringTag, { value: kind.name, configurable: true });
}
// A host call does not return before it is done, so it is told how long its signal lets it take.
Object.assign(exports, { AbortController, AbortSignal, deadlineOf, expire });
