// fetch, Request and Response. A request is a host call, so it is done when `fetch` returns: what
// waits for the promise runs afterwards, and a signal stops what has not begun or takes too long.
const { AbortController, AbortSignal, deadlineOf, expire } = inner.load('abort');
const { Headers, guard, entriesOf } = inner.load('headers');
const { Body, wire, extract } = inner.load('body');
const { URL } = inner.load('url');
const NORMAL = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const REDIRECTS = ['follow', 'error', 'manual'];
const NULL_BODY = [101, 103, 204, 205, 304];
let fromHost;

const optionsOf = (name, init) => {
  if (init === undefined || init === null) return {};
  if (typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError(`${name}: the options must be an object`);
  }
  return init;
};

const urlOf = (input) => {
  let url;
  try {
    url = new URL(`${input}`);
  } catch (error) {
    throw new TypeError(`Failed to parse URL from ${input}`, { cause: error });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Request: the URL must not hold a user name or password');
  }
  return url.href;
};

const methodOf = (method) => {
  const text = `${method}`, upper = text.toUpperCase();
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text) || ['CONNECT', 'TRACE', 'TRACK'].includes(upper)) {
    throw new TypeError(`Request: ${JSON.stringify(text)} is no method to use`);
  }
  return NORMAL.includes(upper) ? upper : text;
};

const signalOf = (signal) => {
  if (signal === undefined || signal === null) return new AbortController().signal;
  if (!(signal instanceof AbortSignal)) {
    throw new TypeError('Request: the signal must be an AbortSignal');
  }
  return AbortSignal.any([signal]);
};

class Request extends Body {
  #url;
  #method;
  #headers;
  #redirect;
  #signal;

  constructor(input, init = undefined) {
    if (arguments.length === 0) throw new TypeError('Request: a URL or Request must be given');
    const options = optionsOf('Request', init), from = input instanceof Request ? input : null;
    const url = from === null ? urlOf(input) : from.#url;
    const { method = from?.#method ?? 'GET', redirect = from?.#redirect ?? 'follow' } = options;
    const normal = methodOf(method);
    if (!REDIRECTS.includes(redirect)) {
      throw new TypeError('Request: redirect must be follow, error or manual');
    }
    if (options.integrity) throw new TypeError('Request: integrity is not supported');
    const given = options.body ?? null, inherits = given === null && from !== null;
    if ((given !== null || (inherits && wire.share(from) !== null))
        && (normal === 'GET' || normal === 'HEAD')) {
      throw new TypeError('Request: a GET or HEAD request has no body');
    }
    const [content, type] = extract(given);
    super(inherits ? wire.take(from) : content);
    this.#url = url;
    this.#method = normal;
    this.#redirect = redirect;
    this.#signal = signalOf('signal' in options ? options.signal : from?.#signal);
    this.#headers = guard(new Headers(), 'request');
    for (const [name, value] of entriesOf(new Headers(options.headers ?? from?.#headers))) {
      this.#headers.append(name, value);
    }
    if (type !== null && !this.#headers.has('content-type')) {
      this.#headers.append('content-type', type);
    }
  }

  get url() { return this.#url; }

  get method() { return this.#method; }

  get headers() { return this.#headers; }

  get redirect() { return this.#redirect; }

  get signal() { return this.#signal; }

  clone() {
    const content = wire.share(this);
    return new Request(this.#url, {
      method: this.#method, headers: this.#headers, redirect: this.#redirect, signal: this.#signal,
      body: content === null ? null : content.text ?? content.bytes,
    });
  }
}

// What a response is beside its body. Only this file can make one.
class State {
  type = 'default';
  url = '';
  redirected = false;
  statusText = '';

  constructor(status, headers, others) {
    this.status = status;
    this.headers = headers;
    Object.assign(this, others);
  }
}

class Response extends Body {
  #state;

  constructor(body = null, init = undefined) {
    if (init instanceof State) {
      super(body);
      this.#state = init;
      return;
    }
    const options = optionsOf('Response', init);
    const { status = 200, statusText = '' } = options, number = Math.trunc(Number(status));
    if (!(number >= 200 && number <= 599)) {
      throw new RangeError('Response: the status must be from 200 to 599');
    }
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(`${statusText}`)) {
      throw new TypeError('Response: the status text is not valid');
    }
    const headers = new Headers(options.headers ?? undefined);
    const [content, type] = extract(body);
    if (content !== null && NULL_BODY.includes(number)) {
      throw new TypeError(`Response: one of status ${number} has no body`);
    }
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
    super(content);
    this.#state = new State(number, headers, { statusText: `${statusText}` });
  }

  static {
    fromHost = (found) => new Response(wire.unpack(found.body), new State(
      found.status, guard(new Headers(found.headers), 'immutable'), {
        type: 'basic',
        url: found.hops[found.hops.length - 1].url.split('#')[0],
        redirected: found.hops.length > 1,
        statusText: found.statusText,
      },
    ));
  }

  static error() {
    return new Response(null, new State(0, guard(new Headers(), 'immutable'), { type: 'error' }));
  }

  static json(data, init = undefined) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Response.json: the value is not JSON');
    const headers = new Headers(init?.headers ?? undefined);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new Response(text, { status: init?.status, statusText: init?.statusText, headers });
  }

  static redirect(url, status = 302) {
    const location = urlOf(url);
    if (![301, 302, 303, 307, 308].includes(Number(status))) {
      throw new RangeError('Response.redirect: the status must be 301, 302, 303, 307 or 308');
    }
    return new Response(null, { status, headers: { location } });
  }

  get type() { return this.#state.type; }

  get url() { return this.#state.url; }

  get redirected() { return this.#state.redirected; }

  get status() { return this.#state.status; }

  get ok() { return this.#state.status >= 200 && this.#state.status <= 299; }

  get statusText() { return this.#state.statusText; }

  get headers() { return this.#state.headers; }

  clone() {
    const { status, headers, ...others } = this.#state;
    const kind = others.type === 'default' ? 'none' : 'immutable';
    return new Response(wire.share(this), new State(status, guard(new Headers(headers), kind), others));
  }
}

exports.fetch = async function fetch(input, init = undefined) {
  const request = new Request(input, init), { signal } = request;
  signal.throwIfAborted();
  const deadline = deadlineOf(signal);
  const asked = {
    __proto__: null,
    url: request.url,
    method: request.method,
    headers: entriesOf(request.headers),
    body: wire.pack(request),
    redirect: request.redirect,
  };
  if (deadline !== Infinity) asked.timeoutMs = Math.max(1, deadline - inner.readClock());
  try {
    return fromHost(inner.hostCall('fetch.request', asked));
  } catch (error) {
    if (error.code !== 'ETIMEDOUT' || inner.readClock() < deadline) throw error;
    expire(signal);
    throw signal.reason;
  }
};

for (const kind of [Request, Response]) {
  Object.defineProperty(kind.prototype, Symbol.toStringTag, { value: kind.name, configurable: true });
}
Object.assign(exports, { Request, Response });
