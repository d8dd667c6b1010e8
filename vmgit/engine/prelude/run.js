// Starts an execution. A script that declares nothing is evaluated here; what the others need is in
// the parts `script`, `modules` and `commonjs`.
const begin = (command) => {
  state.reported = false;
  state.turn += 1;
  state.stringified = undefined;
  state.seed = command.seed;
  state.clock = command.clock;
  state.budget = command.budget;
  state.args = command.args;
  state.host = undefined;
  for (let link = state.begins; link !== null; link = link.next) link.begin();
};

// `var` holds what a `let` cannot: the engine throws values that look uninitialised to it.
const runBare = (code, pad, turn) => {
  var thrown = true, value;
  try {
    value = (0, saved.eval)(saved.apply(saved.repeat, '\n', [pad]) + code);
    thrown = false;
  } catch (error) {
    value = error;
  }
  report(turn, thrown, value);
};

const run = (command) => {
  begin(command);
  const turn = state.turn;
  switch (command.format) {
    case 'bare': runBare(command.code, command.pad, turn); break;
    case 'script':
      load('script').runScript(
        command.script, command.pad, (thrown, value) => report(turn, thrown, value),
      );
      break;
    default: load('files').runFile(command, (thrown, value) => report(turn, thrown, value));
  }
};

// What a command leaves is asked for after all its jobs have run; so one evaluation tells all.
// Nothing to tell, which is the rule, is the empty text.
const closing = {
  __proto__: null,
  toJSON: () => {
    const { unsent, clockText, timeLeft } = state;
    if (unsent === '' && clockText === undefined && timeLeft === undefined) return '';
    return '{"clock":' + (clockText === undefined ? '[]' : clockText()) +
      ',"wait":' + (timeLeft === undefined ? -1 : timeLeft()) +
      ',"unsent":' + saved.stringify(unsent) + '}';
  },
};
