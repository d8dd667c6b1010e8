// The last file of the prelude: closes the doors that the engine leaves open, and takes commands.
let reported = false, turn = 0;
// A script that an earlier execution left waiting may end in this one: its value is not ours.
const reportTo = (mine) => (thrown, value) => {
  if (mine !== turn || reported) return;
  reported = true;
  send(thrown ? 'e' : 'v', thrown ? describeFault(value) : describe(value));
};

const settleInto = (promise, onValue, onError) => {
  // Without a constructor of its own, `then` would ask the program's for the kind of promise.
  defineProperty(promise, 'constructor', { value: undefined });
  then(promise, onValue, onError);
};

let host = freeze({ args: freeze([]) });

const begin = (command) => {
  reported = false;
  timers.length = 0;
  group.indent = 0;
  turn += 1;
  lastStringified = undefined;
  consoleBudget = command.budget;
  seedRandom(command.seed);
  beginClock(command.clock);
  const args = [];
  for (let i = 0; i < command.args.length; i++) {
    defineProperty(args, i, { __proto__: null, value: command.args[i], enumerable: true });
  }
  host = freeze({ args: freeze(args) });
};

const run = (command) => {
  begin(command);
  const report = reportTo(turn);
  switch (command.format) {
    case 'script': runScript(command.script, command.pad, report); break;
    case 'module':
      settleInto(import(command.id), () => report(false, undefined), (e) => report(true, e));
      break;
    default:
      try {
        requireId(command.id, command.format);
        report(false, undefined);
      } catch (error) {
        report(true, error);
      }
  }
};

// Tells of a rejection that nobody handled, except when it is only the echo of a module that
// failed: the engine counts those as rejections of their own although the import was handled.
const explain = (command) => {
  const reason = lastStringified;
  lastStringified = undefined;
  if (!isObject(reason)) return;
  let echo = false, left = command.ids.length + 1;
  const finish = () => {
    if (--left === 0 && !echo) send('u', describeFault(reason));
    else if (left === 0) send('u', 'null');
  };
  for (let i = 0; i < command.ids.length; i++) {
    settleInto(import(command.ids[i]), finish, (error) => {
      if (error === reason) echo = true;
      finish();
    });
  }
  finish();
};

const open = (command) => {
  consoleOn = command.console;
  for (let i = 0; i < command.hide.length; i++) delete globalThis[command.hide[i]];
};

const commands = {
  __proto__: null, run, explain, open, fire: fireTimer, probe: () => {},
};

const pin = (object, key, value) => defineProperty(object, key, {
  __proto__: null, value, writable: false, enumerable: false, configurable: false,
});
pin(ArrayPrototype, 'toJSON', undefined);
pin(Error, 'prepareStackTrace', undefined);
// The engine compiles every template literal, ours too, into a call of this method.
pin(String.prototype, 'concat', String.prototype.concat);

const removed = ['WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer'];
for (let i = 0; i < removed.length; i++) delete globalThis[removed[i]];

// The result of a command is made a text after all its jobs have run, and only then looks at what
// they left behind; so one evaluation tells everything.
const closing = {
  __proto__: null,
  toJSON: () => `{"clock":${clockText()},"wait":${timeLeft()},"unsent":${stringify(unsent)}}`,
};
let commandResult;

// Every evaluation publishes these two globals anew by assignment, so setters receive them: one is
// the command channel, known by its token, and the other leads nowhere.
defineProperty(globalThis, 'call_python', {
  get: undefined, set(ignored) {}, enumerable: false, configurable: false,
});
defineProperty(globalThis, 'dukpy', {
  get() {
    const result = commandResult;
    commandResult = undefined;
    return result;
  },
  set(command) {
    if (!isObject(command)) return;
    const token = getDescriptor(command, 'token');
    if (!token || token.value !== TOKEN) return;
    unsent = '';
    commands[command.op](command);
    commandResult = closing;
  },
  enumerable: false,
  configurable: false,
});
defineProperty(globalThis, 'vmgit', { get: () => host, set(ignored) {} });

// The engine makes many builtins when they are first read; one that is first read when memory has
// run out stays broken for ever. So everything is read once, now.
const touch = (object, seen) => {
  if (!isObject(object) || seen.has(object)) return;
  seen.add(object);
  touch(getPrototypeOf(object), seen);
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const property = getDescriptor(object, keys[i]);
    touch(property.value, seen);
    touch(property.get, seen);
    touch(property.set, seen);
  }
};
touch(globalThis, new Set());
touch(function* () {}, new Set());
touch(async function () {}, new Set());
touch(async function* () {}, new Set());
