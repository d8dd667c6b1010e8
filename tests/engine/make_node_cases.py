"""Writes node_cases.json: what a real `node` resolves in a fixture tree.

Run by hand (`python tests/engine/make_node_cases.py`) when the fixtures change; the tests compare
with the committed file and need no node.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("node_cases.json")

PACKAGES: dict[str, tuple[Any, list[str]]] = {
    "plain": ({"main": "./src/start.js"}, ["src/start.js", "index.js", "extra.js", "sub/index.js"]),
    "stale": ({"main": "gone.js"}, ["index.js"]),
    "folder-main": ({"main": "lib"}, ["lib/index.js", "index.js"]),
    "bare-main": ({"main": "lib"}, ["lib.js", "index.js"]),
    "odd-main": ({"main": 7, "module": "m.js"}, ["index.js", "m.js"]),
    "no-json": (None, ["index.js", "a.js", "data.json"]),
    "list-json": (["x"], ["index.js"]),
    "text-exports": ({"exports": "./in.js", "main": "./index.js"}, ["in.js", "index.js"]),
    "null-exports": ({"exports": None, "main": "./index.js"}, ["index.js", "b.js"]),
    "number-exports": ({"exports": 5}, ["index.js"]),
    "false-exports": ({"exports": False}, ["index.js"]),
    "dual": (
        {
            "exports": {
                ".": {"import": "./e.mjs", "require": "./r.cjs"},
                "./only-import": {"import": "./e.mjs"},
                "./nested": {
                    "require": {"browser": "./b.js", "default": "./r.cjs"},
                    "default": "./e.mjs",
                },
                "./late": {"default": "./d.js", "import": "./e.mjs"},
                "./null": {"import": None, "default": "./d.js"},
                "./none": {"browser": "./b.js"},
                "./gone": "./gone.js",
                "./bare": "d.js",
                "./up": "../plain/index.js",
                "./deep": "./x/../d.js",
                "./mods": "./node_modules/d.js",
                "./slash": "/d.js",
                "./number": 3,
                "./index-key": {"0": "./d.js"},
                "./package.json": "./package.json",
            }
        },
        ["e.mjs", "r.cjs", "b.js", "d.js", "hidden.js", "node_modules/d.js"],
    ),
    "sugar": ({"exports": {"require": "./r.js", "default": "./d.js"}}, ["r.js", "d.js"]),
    "mixed": ({"exports": {".": "./a.js", "import": "./b.js"}}, ["a.js", "b.js"]),
    "lists": (
        {
            "exports": {
                ".": ["not-valid", "./a.js"],
                "./empty": [],
                "./missing-first": ["./gone.js", "./a.js"],
                "./conditions": [{"browser": "./a.js"}, {"default": "./b.js"}],
                "./null-first": [None, "./a.js"],
                "./all-bad": ["x", "y"],
                "./bad-then-null": ["x", None],
            }
        },
        ["a.js", "b.js"],
    ),
    "patterns": (
        {
            "exports": {
                "./f/*": "./src/*.js",
                "./f/*.js": "./src/*.js",
                "./f/private/*": None,
                "./f/longer-*": "./long/*.js",
                "./twice/*": "./src/*/*.js",
                "./end/*/tail": {"import": "./src/*.mjs", "default": "./src/*.js"},
                "./f/exact": "./src/a.js",
                "./dir/": "./src/",
                "./all/*": "./*",
                "./const/*": "./src/a.js",
            }
        },
        ["src/a.js", "src/a.mjs", "src/b/b.js", "src/private/p.js", "long/x.js", "src/longer-x.js"],
    ),
    "@scope/it": ({"exports": {".": "./i.js", "./s": "./s.js"}}, ["i.js", "s.js"]),
    "@scope/old": ({"main": "m.js"}, ["m.js", "t/u.js"]),
    # Packages of their own, where versions conflict.
    "outer": ({"main": "o.js"}, ["o.js", "deep/p.js"]),
    "outer/node_modules/plain": ({"main": "other.js"}, ["other.js", "sub.js"]),
    "outer/node_modules/dual": ({"exports": {"./kept": "./k.js"}}, ["k.js", "hidden.js"]),
    "outer/node_modules/@scope/it": ({"main": "n.js"}, ["n.js"]),
    "outer/node_modules/twice": ({}, ["index.js"]),
    "outer/node_modules/twice/node_modules/plain": ({"main": "third.js"}, ["third.js"]),
    "me": (
        {
            "name": "me",
            "exports": {".": "./me.js", "./own": "./own.js"},
            "imports": {
                "#own": "./own.js",
                "#cond": {"import": "./me.js", "default": "./own.js"},
                "#pkg": "plain",
                "#sub": "text-exports",
                "#pat/*": "./in/*.js",
                "#ext/*": "plain/*",
                "#up": "../plain/index.js",
                "#null": None,
                "#url": "https://example.com/x.js",
                "#": "./own.js",
                "#/x": "./own.js",
            },
        },
        ["me.js", "own.js", "in/a.js", "index.js", "deep/er.js"],
    ),
}

SPECIFIERS: dict[str, list[str]] = {
    "main.js": [
        "plain", "stale", "folder-main", "bare-main", "odd-main", "no-json", "list-json",
        "no-json/a.js", "no-json/data.json", "plain/extra.js", "plain/package.json", "absent",
        "text-exports", "text-exports/in.js", "text-exports/package.json", "null-exports",
        "null-exports/b.js", "number-exports", "false-exports",
        "dual", "dual/only-import", "dual/nested", "dual/late", "dual/null", "dual/none",
        "dual/gone", "dual/bare", "dual/up", "dual/deep", "dual/mods", "dual/slash",
        "dual/number", "dual/index-key", "dual/package.json", "dual/hidden.js", "dual/",
        "sugar", "sugar/r.js", "mixed", "lists", "lists/empty", "lists/missing-first",
        "lists/conditions", "lists/null-first", "lists/all-bad", "lists/bad-then-null",
        "patterns", "patterns/f/a", "patterns/f/a.js", "patterns/f/b/b", "patterns/f/private/p",
        "patterns/f/longer-x", "patterns/twice/b", "patterns/end/a/tail", "patterns/f/exact",
        "patterns/dir/a.js", "patterns/all/src/a.js", "patterns/f/../a", "patterns/f/",
        "patterns/const/anything", "patterns/f/a/", "patterns/all/../plain/index.js",
        "@scope/it", "@scope/it/s", "@scope/old", "@scope/old/t/u.js", "@scope", "#own",
        "./node_modules/plain/extra.js", "./main.js",
    ],
    "node_modules/me/deep/er.js": [
        "me", "me/own", "me/hidden", "#own", "#cond", "#pkg", "#sub", "#pat/a", "#ext/extra.js",
        "#up", "#null", "#url", "#", "#/x", "#absent", "#pat/../x",
        "../own.js", "../../plain/extra.js",
    ],
    "node_modules/outer/deep/p.js": [
        "plain", "plain/sub.js", "plain/extra.js", "dual", "dual/kept", "dual/hidden.js",
        "@scope/it", "@scope/old", "twice", "sugar", "absent", "../node_modules/plain/sub.js",
    ],
    "node_modules/outer/node_modules/twice/index.js": [
        "plain", "plain/sub.js", "dual/kept", "@scope/it", "outer", "twice",
    ],
}  # fmt: skip

# These are left to Node's CommonJS loader alone: `import` of vmgit is friendlier there.
REQUIRED_ONLY: dict[str, list[str]] = {
    "main.js": [
        "plain/extra", "plain/sub", "no-json/a", "no-json/data", "@scope/old/t/u", "./main",
        "./node_modules/plain", "./node_modules/plain/", "./node_modules/dual", ".", "./",
        "./absent",
    ],
    "node_modules/plain/src/start.js": ["..", "../", ".", "../extra", "../sub"],
}  # fmt: skip

PROGRAM = """
const fs = require('fs'), { createRequire } = require('module');
const { pathToFileURL, fileURLToPath } = require('url');
const [root, cases] = [process.cwd() + '/', JSON.parse(fs.readFileSync(0, 'utf8'))];
import(pathToFileURL(root + 'resolve.mjs')).then(({ resolve }) => {
  for (const one of cases) {
    let found = null;
    try {
      found = one.kind === 'require' ? createRequire(root + one.base).resolve(one.specifier)
        : fileURLToPath(resolve(one.specifier, pathToFileURL(root + one.base)));
      if (!found.startsWith(root) || !fs.statSync(found).isFile()) found = null;
    } catch { found = null; }
    one.found = found && found.slice(root.length);
  }
  console.log(JSON.stringify(cases));
});
"""


def tree() -> dict[str, str]:
    """Return the fixture tree, path to text."""
    files = {"main.js": "", "package.json": '{"name": "top"}', "index.js": ""}
    for name, (package, paths) in PACKAGES.items():
        if package is not None:
            files[f"node_modules/{name}/package.json"] = json.dumps(package)
        files.update({f"node_modules/{name}/{path}": "" for path in paths})
    return files


def cases() -> list[dict[str, str]]:
    """Return the questions for node."""
    asked = []
    for base, specifiers in SPECIFIERS.items():
        for specifier in specifiers:
            asked += [
                {"base": base, "specifier": specifier, "kind": kind}
                for kind in ("import", "require")
            ]
    for base, specifiers in REQUIRED_ONLY.items():
        asked += [{"base": base, "specifier": name, "kind": "require"} for name in specifiers]
    return asked


def main() -> None:
    """Ask node about every case and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for path, text in tree().items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        (root / "resolve.mjs").write_text("export const resolve = import.meta.resolve;")
        flags = ["--experimental-import-meta-resolve", "--no-warnings"]
        answer = subprocess.run(
            ["node", *flags, "-e", PROGRAM],
            input=json.dumps(cases()),
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    rows = ",\n".join("    " + json.dumps(case) for case in json.loads(answer.stdout))
    files = json.dumps(tree(), indent=2).replace("\n", "\n  ")
    head = f'"node": "{version.stdout.strip()}",\n  "files": {files}'
    OUTPUT.write_text(f'{{\n  {head},\n  "cases": [\n{rows}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
