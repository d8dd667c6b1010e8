// The only way out: one native function that takes a text and gives JSON back. The payload travels
// in the name of the called function, because arguments pass through code a program can change.
const state = {
  __proto__: null,
  // Messages that could not be sent when they were due.
  unsent: '',
  // Counts executions: a script that an earlier one left waiting must not report in this one.
  turn: 0, reported: true,
  // What the command of this execution brought; parts look here when they are loaded.
  seed: '', clock: null, args: [], budget: 1 << 18, host: undefined,
  consoleOn: true,
  // What parts add: calls at the start of an execution, what its end tells.
  begins: null, clockText: undefined, timeLeft: undefined,
  // Targets of the program's proxies, undefined while it made none; see `proxy.js`.
  proxyTargets: undefined,
  // The last error that was made a string: so the engine tells of a rejection nobody handled.
  stringified: undefined,
  result: undefined,
};

const send = (kind, text) => {
  try {
    saved.callOut(kind + text);
  } catch (error) {
    // A sabotaged Array.prototype can break the call; the command's result is the second way.
    state.unsent += kind + text + '\n';
  }
};

// The engine takes an import for the script's that holds it, and ours names an id, not a specifier.
const importId = (id) => import(id);

// The code that not every execution needs: each part is the text of a function, which is run when
// the part is first asked for (see `engine/parts.py`). Texts, unlike functions, cost nothing in the
// marking. What only globals of the web need is not even here, but with the worker. A part that
// fails half way, for want of memory or stack, is run again the next time.
const loaded = { __proto__: null };
const load = (name) => {
  const known = loaded[name];
  if (known !== undefined) return known;
  let text = PARTS[name], pad = LINES[name];
  if (text === undefined) ({ text, pad } = saved.callOut('p' + name));
  const make = (0, saved.eval)(saved.apply(saved.repeat, '\n', [pad - 1]) + text);
  const exports = { __proto__: null };
  saved.apply(make, undefined, [
    { __proto__: null, saved, state, send, load, importId }, exports,
  ]);
  return loaded[name] = exports;
};
