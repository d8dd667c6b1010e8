"""A ten-line interpreter for tests of the script rewriter: no limits, no sandbox, one realm."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from dukpy import _dukpy

from vmgit.engine.rewrite import Rewritten, rewrite

PRELUDE = files("vmgit.engine") / "prelude"

#: Shows a value as text; functions by their name, objects by their fields.
_SHOW = """
const is_ = Object.is, NativeError = saved.Error;
const fields = (value) => {
  let text = '';
  for (const key in value) {
    if (owns(value, key)) text += (text ? ',' : '') + '"' + key + '":' + show(value[key]);
  }
  return '{' + text + '}';
};
const show = (value) => typeof value === 'function' ? '[function ' + value.name + ']'
  : typeof value === 'bigint' ? value + 'n'
  : typeof value === 'symbol' || value === undefined || is_(value, -0) ? typeof value
  : value instanceof NativeError ? value.name + ': ' + value.message
  : isObject(value) ? 'object ' + fields(value) : typeof value + ' ' + value;
"""

_BOOT = """
const { runScript } = exports;
const call = globalThis.call_python;
let stash;
const tell = (line) => { try { call(line); } catch (error) { stash = line; } };
delete globalThis.dukpy; delete globalThis.call_python;
const report = (thrown, value) => {
  let text;
  try { text = show(value); } catch (error) { text = 'unshowable ' + typeof value; }
  const stack = thrown && value instanceof NativeError ? value.stack : '';
  tell((thrown ? '!' : '=') + text + '\\u0001' + stack);
};
const run = (command) => {
  if (command.native === undefined) return runScript(command.script, command.pad, report);
  var thrown = true, value;
  try { value = indirectEval(command.native); thrown = false; } catch (error) { value = error; }
  report(thrown, value);
};
const print = (...items) => {
  let text = '';
  for (let i = 0; i < items.length; i++) text += (i ? ' ' : '') + show(items[i]);
  tell('>' + text);
};
hide(globalThis, 'print', print);
defineProperty(globalThis, 'call_python', { __proto__: null, get: undefined, set() {} });
defineProperty(globalThis, 'dukpy', { __proto__: null, get: () => stash,
  set(command) { if (command.op === 'private') { stash = undefined; run(command); } } });
"""


class ScriptRealm:
    """A realm that runs scripts rewritten, or as the engine itself takes them (`native`)."""

    def __init__(self) -> None:
        self._ctx = _dukpy.create_context()
        self.loader = self
        self.lines: list[str] = []
        self.reports: list[dict[str, Any]] = []
        self.modules: dict[str, str] = {}
        names = ("saved.js", "parts/basics.js", "parts/script.js")
        saved, *part = [(PRELUDE / name).read_text() for name in names]
        function = "((inner, exports) => {" + "".join(part) + _SHOW + _BOOT + "})"
        boot = f"(() => {{ 'use strict';\n{saved}\n{function}({{ saved }}, {{}}); }})();"
        self._eval(boot, {})

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        source = self.modules.get(name)
        return (name, source, "module") if source is not None else (None, None, None)

    def _normalize_module(self, _base: str, name: str) -> str:
        return name

    def _check_exported_function_exists(self, _name: bytes) -> bool:
        return True

    def _call_python(self, name: bytes, _arguments: bytes) -> bytes:
        self._receive(name.decode())
        return b"null"

    def _receive(self, text: str) -> None:
        if text.startswith(">"):
            self.lines.append(text[1:])
        else:
            shown, _, stack = text[1:].partition("\x01")
            self.reports.append({"thrown": text[0] == "!", "text": shown, "stack": stack})

    def _eval(self, code: str, variables: dict[str, Any]) -> None:
        values = json.dumps(variables).encode()
        try:
            stash = _dukpy.eval_string(self, code.encode(), values, False, "<test>")
            if stash is not None:
                self._receive(json.loads(stash))
        except _dukpy.JSRuntimeError as error:
            if "private" in variables.get("op", ""):
                self.lines.append(f"unhandled {str(error).splitlines()[0]}")
            else:
                raise

    def _report(self, before: int) -> str:
        if len(self.reports) == before:
            # A job's report that the call channel failed to carry waits in the stash.
            self._eval("dukpy", {})
        if len(self.reports) == before:
            return "pending"
        report = self.reports[before]
        return ("throws " if report["thrown"] else "") + report["text"]

    def run(self, text: str, pad: int = 0) -> str:
        """Run a script rewritten and return what came of it: a value, a throw or `pending`."""
        return self.run_rewritten(rewrite(text), pad)

    def run_rewritten(self, rewritten: Rewritten, pad: int = 0) -> str:
        """Run what `rewrite` returned."""
        before = len(self.reports)
        command = {"op": "private", "script": rewritten.command(), "pad": pad}
        self._eval("dukpy", command)
        return self._report(before)

    def run_native(self, text: str) -> str:
        """Run a script by indirect eval, as it is."""
        before = len(self.reports)
        self._eval("dukpy", {"op": "private", "native": text})
        return self._report(before)
