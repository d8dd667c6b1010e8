// Runs a rewritten script (engine/rewrite.py) and tells what came of it.
//
//   runScript(script, pad, done)
//     script  what `Rewritten.command()` gives, as plain data:
//             {mode, code, source, hoist, strict, helper, lexical: [], consts: [], vars: []}
//     pad     how many lines to put before the text (virtual lines), 0 or more. Nothing else is
//             put on the lines of the text if pad > 0.
//     done    called exactly once as done(thrown, value) with thrown false or true; before
//             runScript returns in mode "plain", at some later job in mode "async", never if the
//             script waits for what never comes. It must not throw.
//   Never throws. Importing is left to `import()`, so relative specifiers are the loader's.
//
// Session variables are configurable properties of globalThis: data for let, class and var, and for
// const an accessor whose setter takes one value, the initialiser's, and then throws.
const PLAIN = { __proto__: null, writable: true, enumerable: true, configurable: true };
const constants = create(null);

// Text that the engine must only compile is evaluated directly, inside a function, behind a throw:
// so it can neither run nor declare anything. Made by an indirect eval to see none of our names.
const compile = indirectEval('(eval => text => eval(text))')(indirectEval);
const compiles = (text, strict) => {
  try {
    compile((strict ? '"use strict";throw 0;' : 'throw 0;') + text);
  } catch (error) {
    return error === 0;
  }
  return false;
};

// `opening` goes to the end of the line before the text, where there is one.
const lead = (pad, opening) =>
  pad > 0 ? repeat('\n', pad - 1) + opening + '\n' : opening;

const ownConstant = (name, found) => {
  const constant = constants[name];
  return constant !== undefined && found !== undefined && owns(found, 'get') &&
    found.get === constant.get ? constant : undefined;
};

// Makes a name a plain variable, keeping the value that a session variable had.
const makeVariable = (name) => {
  const found = getDescriptor(realm, name);
  const constant = ownConstant(name, found);
  const data = found !== undefined && owns(found, 'value');
  if (data && found.writable && found.enumerable && found.configurable) return;
  const value = constant !== undefined ? constant.value : data ? found.value : undefined;
  defineOrThrow(name, { __proto__: PLAIN, value });
  delete constants[name];
};

// A var leaves alone what is there, except a constant of an earlier script. In sloppy plain code it
// is still a var, which makes itself.
const makeVar = (name, sloppy) => {
  const found = getDescriptor(realm, name);
  if (found === undefined) {
    if (!sloppy) defineOrThrow(name, { __proto__: PLAIN, value: undefined });
  } else if (ownConstant(name, found) !== undefined) {
    makeVariable(name);
  }
};

const makeConstant = (name, next) => {
  makeVariable(name);
  const constant = { __proto__: null, value: realm[name], settled: false, get: undefined, next };
  const accessor = {
    __proto__: null,
    get() { return constant.value; },
    set(value) {
      if (constant.settled) {
        throw new NativeTypeError('Assignment to constant variable \'' + name + '\'');
      }
      constant.settled = true;
      constant.value = value;
    },
    enumerable: true,
    configurable: true,
  };
  constant.get = accessor.get;
  defineOrThrow(name, accessor);
  constants[name] = constant;
  return constant;
};

const defineOrThrow = (name, descriptor) => {
  if (!defineProperty(realm, name, descriptor)) {
    throw new NativeTypeError('cannot declare variable \'' + name + '\'');
  }
};

// Creates the names that a script declares, and returns the chain of its constants.
const declareNames = (script) => {
  const { lexical, consts, vars } = script;
  let made;
  for (let i = 0; i < lexical.length; i++) {
    const found = getDescriptor(realm, lexical[i]);
    if (found !== undefined && !found.configurable) {
      throw new NativeSyntaxError('redeclaration of \'' + lexical[i] + '\'');
    }
  }
  const sloppy = script.mode === 'plain' && !script.strict;
  for (let i = 0; i < vars.length; i++) makeVar(vars[i], sloppy);
  for (let i = 0; i < lexical.length; i++) makeVariable(lexical[i]);
  for (let i = 0; i < consts.length; i++) made = makeConstant(consts[i], made);
  return made;
};

// A constant whose initialiser never ran keeps the value it had, and stays constant.
const settle = (made) => {
  for (let constant = made; constant !== undefined; constant = constant.next) {
    constant.settled = true;
  }
};

// The value that a module exports under a name, or the SyntaxError that an import would be.
const importNames = (module, names) => {
  for (let i = 0; i < names.length; i++) {
    if (!owns(module, names[i])) {
      throw new NativeSyntaxError('the module has no export named \'' + names[i] + '\'');
    }
  }
  return module;
};

// The value of a function in a block reaches the variable of its name (Annex B.3.3).
const setGlobal = (name, value) => { realm[name] = value; };

// Positions of the error are those of the text: `text` behind `opening` is known not to compile.
const reject = (pad, opening, text) => indirectEval(lead(pad, opening) + text);

const compilePlain = (script, pad) => {
  const { source, strict } = script;
  return source === '' || compiles(source, strict) ? undefined : () => reject(pad, '', source);
};

// What is valid in an async function may still leave it ("}); f(); (async()=>{"). A text that does
// so cannot do it both in a declaration and in a method, for different tokens may follow those.
const AS_DECLARATION = 'async function f(){', AS_METHOD = '({async f(){';
const compileAsync = (script, pad) => {
  const declaration = script.source + '\n}', method = script.source + '\n}})';
  if (!compiles(AS_DECLARATION + declaration, false)) {
    return () => reject(pad, AS_DECLARATION, declaration);
  }
  if (!compiles(AS_METHOD + method, false)) return () => reject(pad, AS_METHOD, method);
  return undefined;
};

const hoistFunctions = (script, pad) => {
  if (script.hoist !== '') {
    indirectEval(lead(pad, script.strict ? '"use strict";' : '') + script.hoist);
  }
};

// `var` holds what a `let` cannot: the engine throws values that look uninitialised to it.
const runPlain = (script, pad, done) => {
  var thrown = true, value, made;
  try {
    const refuse = compilePlain(script, pad);
    if (refuse !== undefined) refuse();
    made = declareNames(script);
    hoistFunctions(script, pad);
    value = indirectEval(lead(pad, '') + script.code);
    thrown = false;
  } catch (error) {
    value = error;
  }
  settle(made);
  done(thrown, value);
};

// The program runs in a function that reports by itself, so no promise of ours ever holds a value
// of the program: nothing looks for a `then` on it.
const runAsync = (script, pad, done) => {
  const { helper, strict } = script;
  const opening = `(async(${helper}d,${helper}f,${helper}g,${helper}i)=>{` +
    `${strict ? '"use strict";' : ''}var ${helper}c;try{`;
  const closing = `\n}catch(${helper}e){${helper}f(${helper}e);return}${helper}d(${helper}c)})`;
  var made;
  const finish = (thrown) => (value) => { settle(made); done(thrown, value); };
  try {
    const refuse = compileAsync(script, pad);
    if (refuse !== undefined) refuse();
    const start = indirectEval(lead(pad, opening) + script.code + closing);
    made = declareNames(script);
    hoistFunctions(script, pad);
    start(finish(false), finish(true), setGlobal, importNames);
  } catch (error) {
    finish(true)(error);
  }
};

exports.runScript = (script, pad, done) =>
  script.mode === 'async' ? runAsync(script, pad, done) : runPlain(script, pad, done);
