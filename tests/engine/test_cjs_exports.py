"""The names of CommonJS modules are found where Node finds them, before they run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine.cjs_exports import MAX_NAMES, exported_names

from .realms import session, shown

NODE: dict[str, Any] = json.loads(Path(__file__).with_name("cjs_cases.json").read_text())
#: Where Node finds others: it stops at the first value that is not simple.
MORE: dict[str, set[str]] = {
    "module.exports = { a, b, 'c': 1 }; var a, b": {"a", "b", "c"},
    "module.exports = { a: 1, b: 2 }": {"a", "b"},
    "module.exports = { a, get b() { return 1 }, c() {} }; var a": {"a", "b", "c"},
    "const a = 1; module.exports = { a, ...require('./other.cjs'), z: 1 }": {"a", "o1", "o2", "z"},
    "module.exports = require('./other.cjs'); module.exports = require('./again.cjs')": {
        *("g", "o1", "o2"),
    },
    "exports.a == 1; exports.b >= 1": set(),  # Node takes a comparison for an assignment
    "Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return 1 } })": {
        "a",
    },
}


def _names(text: str) -> set[str]:
    names, whole = exported_names(text)
    for specifier in whole:
        names += exported_names(NODE["others"].get(specifier.removeprefix("./"), ""))[0]
    return set(names) - {"default", "__esModule"}


@pytest.mark.parametrize("case", NODE["cases"], ids=lambda case: case["source"][:40])
def test_names_are_those_of_node(case: dict[str, Any]) -> None:
    wanted = {name for name in case["names"] if name.isidentifier() or name == "$"}
    wanted = {name for name in wanted if name.isascii()} - {"__esModule"}
    assert _names(case["source"]) == MORE.get(case["source"], wanted)


def test_whole_modules_are_followed_through_the_tree() -> None:
    files = {
        "lib/a.js": "module.exports = require('./b'); exports.lost = 1",
        "lib/b.js": "var __exportStar = (m) => Object.assign(exports, m);\n"
        "__exportStar(require('./c'), exports); exports.b = 2;\n"
        "__exportStar(require('./a'), exports)",
        "lib/c.js": "module.exports = { c: 3 }; if (0) module.exports = require('nowhere')",
        "lib/use.mjs": "import { b, c } from './a.js'; export default [b, c]",
    }
    with session(files) as made:
        assert shown(made.run("(await import('use.mjs')).default")) == "[ 2, 3 ]"
        assert shown(made.run("import { b, c as see } from 'a'; b + see")) == "5"


def test_what_is_found_is_bounded() -> None:
    many = "".join(f"exports.a{number} = 1;" for number in range(MAX_NAMES + 10))
    assert len(exported_names(many)[0]) == MAX_NAMES
    deep = "module.exports = {" * 20_000
    assert exported_names(deep) == ([], [])
    assert exported_names("module.exports = { a, b" + " " * (300 << 10) + "}") == ([], [])


@given(st.text(alphabet="module.exports={}[]'\"`ab:,() \n\0\ud800é/*", max_size=60))
def test_any_text_is_an_answer(text: str) -> None:
    exported_names("module.exports = {" + text)
    exported_names(text)
