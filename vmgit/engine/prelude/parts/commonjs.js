// CommonJS on top of the host's resolver. An instance is kept under `path?v=hash`, so a module
// whose files are unchanged keeps its state and a changed one is made anew.
const instances = new NativeMap();
let handedOver, wasHandedOver = false;

const folderOf = (path) => {
  const at = lastIndexOf(path, '/');
  return at < 0 ? '.' : slice(path, 0, at);
};

const requireFrom = (base) => function require(specifier) {
  if (typeof specifier !== 'string') {
    throw new NativeTypeError('require: the specifier must be a string');
  }
  const from = base === null ? load('render').errorFrames(new NativeError()) : base;
  const found = ask('q', `{"base":${stringify(from)},"specifier":${stringify(specifier)}}`);
  if (found.host !== null) return load('host').modules[found.host];
  return requireId(found.id, found.format);
};

// In scripts `require` is a global; the stack tells which of them holds the code that calls it.
exports.require = requireFrom(null);

const requireId = (id, format) => {
  const instance = mapGet(instances, id);
  if (instance !== undefined) return instance.exports;
  if (format === 'module') return requireModule(id);
  const source = ask('s', id);
  const module = { exports: {}, id: source.path, filename: source.path, loaded: false };
  mapSet(instances, id, module);
  try {
    if (format === 'json') module.exports = parseNamed(source.path, source.text);
    else runCommonJs(module, source);
  } catch (error) {
    mapDelete(instances, id);
    throw error;
  }
  module.loaded = true;
  return module.exports;
};

const parseNamed = (path, text) => {
  try {
    return parseJson(text);
  } catch (error) {
    throw new NativeSyntaxError(`${path}: ${load('render').errorMessage(error)}`);
  }
};

const runCommonJs = (module, source) => {
  const head = '(function (exports, require, module, __filename, __dirname) {';
  const body = indirectEval(`${repeat('\n', source.pad - 1)}${head}\n${source.text}\n})`);
  const { path } = source;
  const require = requireFrom(path);
  hide(require, 'main', undefined);
  apply(body, module.exports, [module.exports, require, module, path, folderOf(path)]);
};

// A native module is evaluated by the host on our behalf, at once, and handed over here.
const requireModule = (id) => {
  wasHandedOver = false;
  state.stringified = undefined;
  const answer = ask('m', id);
  const namespace = handedOver;
  handedOver = undefined;
  if (wasHandedOver) return namespace;
  if (answer.thrown && isObject(state.stringified)) throw state.stringified;
  throw new NativeError(answer.message);
};

// What generated modules import: see `worker`'s sources of `vmgit:` and CommonJS modules.
exports.door = freeze({
  __proto__: null,
  host: (name) => load('host').modules[name],
  commonjs: (id) => requireId(id, 'commonjs'),
  json: (path, text) => parseNamed(path, text),
  give: (namespace) => { handedOver = namespace; wasHandedOver = true; },
});

// Starts a file that is no script: a module by the engine, everything else as if it were required.
exports.runFile = (command, done) => {
  if (command.format === 'module') {
    settleInto(importId(command.id), () => done(false, undefined), (e) => done(true, e));
    return;
  }
  try {
    requireId(command.id, command.format);
    done(false, undefined);
  } catch (error) {
    done(true, error);
  }
};
