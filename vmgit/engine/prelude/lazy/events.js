// Event, CustomEvent and EventTarget without a tree: an event has one target and no path.
const PHASE = ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'];
let trusted = false;
let control;

class Event {
  #type;
  #options;
  #target = null;
  #phase = 0;
  #stopped = false;
  #stoppedNow = false;
  #prevented = false;
  #passive = false;
  #time = inner.readClock();

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new TypeError('The "type" argument must be specified');
    if (options !== undefined && options !== null && typeof options !== 'object') {
      throw new TypeError('The "options" argument must be of type object.');
    }
    this.#type = `${type}`;
    const { bubbles, cancelable, composed } = options ?? {};
    this.#options = {
      bubbles: Boolean(bubbles), cancelable: Boolean(cancelable), composed: Boolean(composed),
    };
    Object.defineProperty(this, 'isTrusted', { value: trusted, enumerable: true });
  }

  static {
    control = {
      start(event, target) {
        event.#target = target;
        event.#phase = 2;
        event.#stopped = event.#stoppedNow = false;
      },
      end(event) { event.#phase = 0; },
      busy: (event) => event.#phase !== 0,
      stopped: (event) => event.#stoppedNow,
      passive(event, passive) { event.#passive = passive; },
    };
  }

  get type() { return this.#type; }

  get bubbles() { return this.#options.bubbles; }

  get cancelable() { return this.#options.cancelable; }

  get composed() { return this.#options.composed; }

  get target() { return this.#target; }

  get srcElement() { return this.#target; }

  get currentTarget() { return this.#phase === 0 ? null : this.#target; }

  get eventPhase() { return this.#phase; }

  get timeStamp() { return this.#time; }

  get defaultPrevented() { return this.#prevented; }

  get returnValue() { return !this.#prevented; }

  get cancelBubble() { return this.#stopped; }

  set cancelBubble(value) { if (value) this.#stopped = true; }

  composedPath() { return this.#phase === 0 ? [] : [this.#target]; }

  preventDefault() {
    if (this.#options.cancelable && !this.#passive) this.#prevented = true;
  }

  stopPropagation() { this.#stopped = true; }

  stopImmediatePropagation() { this.#stopped = this.#stoppedNow = true; }
}
for (let i = 0; i < PHASE.length; i++) {
  Object.defineProperty(Event, PHASE[i], { value: i, enumerable: true });
  Object.defineProperty(Event.prototype, PHASE[i], { value: i, enumerable: true });
}

class CustomEvent extends Event {
  #detail;

  constructor(type, options = undefined) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() { return this.#detail; }
}

const isSame = (entry, callback, capture) =>
  entry.callback === callback && entry.capture === capture;
const captureOf = (options) =>
  Boolean(typeof options === 'object' && options !== null ? options.capture : options);

class EventTarget {
  #listeners = new Map();

  addEventListener(type, callback, options = undefined) {
    if (arguments.length < 2) {
      throw new TypeError('The "type" and "listener" arguments must be specified');
    }
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') {
      throw new TypeError('The "listener" argument must be an instance of EventListener.');
    }
    const capture = captureOf(options);
    const { once, passive, signal } = typeof options === 'object' && options !== null ? options : {};
    if (signal?.aborted) return;
    const name = `${type}`;
    const known = this.#listeners.get(name) ?? [];
    if (known.some((entry) => isSame(entry, callback, capture))) return;
    const entry = { callback, capture, once: Boolean(once), passive: Boolean(passive), gone: false };
    this.#listeners.set(name, [...known, entry]);
    signal?.addEventListener('abort', () => this.removeEventListener(name, callback, capture),
      { once: true });
  }

  removeEventListener(type, callback, options = undefined) {
    const name = `${type}`, capture = captureOf(options);
    const kept = [];
    for (const entry of this.#listeners.get(name) ?? []) {
      if (isSame(entry, callback, capture)) entry.gone = true;
      else kept.push(entry);
    }
    this.#listeners.set(name, kept);
  }

  dispatchEvent(event) {
    if (!(event instanceof Event)) {
      throw new TypeError('The "event" argument must be an instance of Event.');
    }
    if (control.busy(event)) {
      const { DOMException } = inner.load('exceptions');
      throw new DOMException('The event is already being dispatched', 'InvalidStateError');
    }
    control.start(event, this);
    for (const entry of this.#listeners.get(event.type) ?? []) {
      if (entry.gone) continue;
      if (control.stopped(event)) break;
      if (entry.once) this.removeEventListener(event.type, entry.callback, entry.capture);
      control.passive(event, entry.passive);
      this.#call(entry.callback, event);
    }
    control.passive(event, false);
    control.end(event);
    return !event.defaultPrevented;
  }

  // What a listener throws reaches nobody here and ends the execution.
  #call(callback, event) {
    try {
      if (typeof callback === 'function') inner.apply(callback, this, [event]);
      else callback.handleEvent(event);
    } catch (error) {
      inner.queue(() => { throw error; });
    }
  }
}

for (const kind of [Event, CustomEvent, EventTarget]) {
  Object.defineProperty(kind.prototype, Symbol.toStringTag, { value: kind.name, configurable: true });
}
Object.assign(exports, { Event, CustomEvent, EventTarget });
// An event that the realm makes itself, not the program.
exports.trustedEvent = (type) => {
  trusted = true;
  try {
    return new Event(type);
  } finally {
    trusted = false;
  }
};
