"""Writes cjs_cases.json: which names a real `node` finds in CommonJS modules that it imports.

Run by hand (`python tests/engine/make_cjs_cases.py`) when the sources change; the tests compare
with the committed file and need no node.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

OUTPUT = Path(__file__).with_name("cjs_cases.json")

SOURCES = [
    "exports.a = 1; module.exports.b = 2; exports['c'] = 3; exports . d = 4",
    "exports.a = exports.b = exports.c = void 0; exports.a = 1",
    "module.exports = { a, b, 'c': 1 }; var a, b",
    "module.exports = { a: 1, b: 2 }",
    "module.exports = { a, get b() { return 1 }, c() {} }; var a",
    "const a = 1; module.exports = { a, ...require('./other.cjs'), z: 1 }",
    "module.exports = require('./other.cjs')",
    "module.exports = require('./other.cjs'); module.exports = require('./again.cjs')",
    "0 && (module.exports = { a, b }); var a, b; module.exports.a = 1",
    "Object.defineProperty(exports, '__esModule', { value: true });\\n"
    "exports.default = 1; exports.x = 2",
    "Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return 1 } })",
    "Object.defineProperty(exports, 'a', { enumerable: true, get() { return q.p } }); var q = {}",
    "Object.defineProperty(module.exports, 'a', { enumerable: true, value: 1 })",
    "Object.defineProperty(exports, 'a', { value: 1 })",
    "var __exportStar = function (m, e) { for (var k in m) e[k] = m[k] };\\n"
    "__exportStar(require('./other.cjs'), exports); exports.mine = 1",
    "function __export(m) { for (var p in m) if (!exports[p]) exports[p] = m[p] }\\n"
    "__export(require('./other.cjs'))",
    "(function (f) { f(exports) })(function (exports) { exports.umd = 1 })",
    "(function (g, f) { typeof exports === 'object' ? f(exports) : f(g.X = {}) })\\n"
    "(this, function (exports) { 'use strict'; exports.x = 1; exports.y = 2 })",
    "module.exports = function () {}; module.exports.named = 1",
    "module.exports = class A {}; exports.lost = 1",
    "const e = exports; e.hidden = 1",
    "var x = { exports: {} }; x.exports.a = 1",
    "exports.if = 1; exports.$ = 2; exports._a1 = 3",
    "exports['a b'] = 1; exports['é'] = 2",
    "exports.a == 1; exports.b >= 1",
    "if (false) { exports.never = 1 }",
    "1",
]  # fmt: skip
OTHERS = {"other.cjs": "exports.o1 = 1; exports.o2 = 2", "again.cjs": "exports.g = 1"}
PROGRAM = """
import { readFileSync } from 'fs';
const found = [];
for (let i = 0; i < Number(process.argv[2]); i++) {
  try {
    const names = Object.keys(await import(`./m${i}.cjs`));
    found.push(names.filter((name) => name !== 'default' && name !== 'module.exports'));
  } catch (error) { found.push(String(error)); }
}
console.log(JSON.stringify(found));
"""


def main() -> None:
    """Ask node about every source and write the file."""
    sources = [source.replace("\\n", "\n") for source in SOURCES]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in OTHERS.items():
            (root / name).write_text(text)
        for number, source in enumerate(sources):
            (root / f"m{number}.cjs").write_text(source)
        (root / "main.mjs").write_text(PROGRAM)
        command = ["node", "main.mjs", str(len(sources))]
        answer = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    rows = ",\n".join(
        "    " + json.dumps({"source": source, "names": names})
        for source, names in zip(sources, json.loads(answer.stdout), strict=True)
    )
    head = f'"node": "{version.stdout.strip()}",\n  "others": {json.dumps(OTHERS)}'
    OUTPUT.write_text(f'{{\n  {head},\n  "cases": [\n{rows}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
