// The last file of the prelude: closes the doors that the engine leaves open, and takes commands.
const take = (command) => {
  switch (command.op) {
    case 'run': return run(command);
    case 'open':
      state.consoleOn = command.console;
      for (let i = 0; i < command.hide.length; i++) delete saved.realm[command.hide[i]];
      return undefined;
    case 'fire': return load('timers').fireTimer();
    case 'explain': return load('explain').explain(command);
  }
  return undefined;
};

const pin = (object, key, value) => saved.defineProperty(object, key, {
  __proto__: null, value, writable: false, enumerable: false, configurable: false,
});
pin(Array.prototype, 'toJSON', undefined);
pin(Error, 'prepareStackTrace', undefined);
// The engine compiles every template literal, ours too, into a call of this method.
pin(String.prototype, 'concat', String.prototype.concat);

const removed = ['WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer'];
for (let i = 0; i < removed.length; i++) delete globalThis[removed[i]];

// Every evaluation publishes these two globals anew by assignment, so setters receive them: one is
// the command channel, known by its token, and the other leads nowhere: to a builtin that ignores it.
const nowhere = saved.isError;
saved.defineProperty(globalThis, 'call_python', {
  __proto__: null, get: undefined, set: nowhere, enumerable: false, configurable: false,
});
saved.defineProperty(globalThis, 'dukpy', {
  __proto__: null,
  get: () => {
    const { result } = state;
    state.result = undefined;
    return result;
  },
  set: (command) => {
    if ((typeof command !== 'object' || command === null) && typeof command !== 'function') return;
    // A descriptor and no read, which could call a getter of the program's.
    const token = saved.describeProperty(command, 'token');
    if (!token || token.value !== TOKEN) return;
    state.unsent = '';
    take(command);
    state.result = closing;
  },
  enumerable: false,
  configurable: false,
});
saved.defineProperty(globalThis, 'vmgit', {
  __proto__: null,
  get: () => {
    if (state.host === undefined) state.host = load('arguments').host();
    return state.host;
  },
  set: nowhere,
});
// What generated modules import: see the part `files`.
saved.defineProperty(globalThis, Symbol.for('vmgit.door'), {
  __proto__: null, get: () => load('files').door, set: nowhere,
});

// The engine makes many builtins when they are first read; one that is first read when memory has
// run out stays broken for ever. So everything is read once, now.
const touch = (object, seen) => {
  if ((typeof object !== 'object' || object === null) && typeof object !== 'function') return;
  if (seen.has(object)) return;
  seen.add(object);
  touch(saved.getPrototypeOf(object), seen);
  const keys = saved.ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const property = saved.describeProperty(object, keys[i]);
    touch(property.value, seen);
    touch(property.get, seen);
    touch(property.set, seen);
  }
};
const seen = new Set();
touch(globalThis, seen);
// What hides behind accessors of ours.
touch(saved, seen);
touch(function* () {}, seen);
touch(async function () {}, seen);
touch(async function* () {}, seen);
