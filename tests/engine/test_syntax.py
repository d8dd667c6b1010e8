"""The scan finds module syntax and literal references, and nothing that only looks like them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine.syntax import MAX_PARSE_BYTES, MAX_REFERENCES, Reference, scan


def imports(*names: str) -> tuple[Reference, ...]:
    return tuple(Reference(name, "import") for name in names)


def requires(*names: str) -> tuple[Reference, ...]:
    return tuple(Reference(name, "require") for name in names)


@pytest.mark.parametrize(
    ("text", "module", "references"),
    [
        ("import './a.js'", True, imports("./a.js")),
        ("import a from 'a'", True, imports("a")),
        ("import * as a from \"a\"; import b, { c as d } from 'b'", True, imports("a", "b")),
        ("import\n{ a }\nfrom\n'./a.js'", True, imports("./a.js")),
        ("export * from './a'; export * as n from './b'", True, imports("./a", "./b")),
        ("export { a as default } from './a'", True, imports("./a")),
        ("export default 1", True, ()),
        ("const a = 1; export { a }", True, ()),
        ("export const f = () => require('./x')", True, requires("./x")),
        ("import.meta.url", True, ()),
        ("function f() { return import.meta }", True, ()),
        ("'\0'; require('a\0b')", False, requires("a\0b")),
        ("#!/usr/bin/env node\nimport './a.js'", True, imports("./a.js")),
        ("import('./a.js')", False, imports("./a.js")),
        ("import(`./a.js`)", False, imports("./a.js")),
        ("import( /* why */ './a.js', { with: {} })", False, imports("./a.js")),
        ("() => { if (x) { import('deep') } }", False, imports("deep")),
        ("require('a'); require(\"b\"); require(`c`)", False, requires("a", "b", "c")),
        ("const {x} = require ( './x' ) , y = require\n('./y')", False, requires("./x", "./y")),
        ("[...require('./x')]", False, requires("./x")),
        ("`${require('in')}`", False, requires("in")),
        ("require?.('x')", False, requires("x")),
        ("require('a'); import('a'); require('a')", False, (*requires("a"), *imports("a"))),
        ("require('\\x2e/a\\u0062\\u{63}\\'\\\\\\\nd')", False, requires("./abc'\\d")),
        ("require('\\ud83d')", False, requires("\ud83d")),
        ("require('\\ud83d\\ude00 é 日本')", False, requires("😀 é 日本")),
    ],
)
def test_what_counts(text: str, module: bool, references: tuple[Reference, ...]) -> None:
    found = scan(text)
    assert (found.module, found.references) == (module, references)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 + 1",
        "// import './a.js'\n/* export default 1; require('b') */",
        "'import x from \"y\"'; \"require('a')\"",
        "`import './a'\nexport default 1`",
        "/require('a')/.test(x); /[/]import 'b'/g",
        "a / b; x = /import.meta/",
        "<!-- import 'x'\n1",
        "x.require('a'); x.import('b'); x?.require('c'); this.export",
        "({ import: 1, export: 2, require: 3 })",
        "class A { import() {} static export = 1; require() { } }",
        "require(a); require('a' + b); require(`a${b}`); require(); import(a); require(...['a'])",
        "important; exported; required('a'); $require('a'); _import",
        "new.target",
        "module.exports = exports",
        "require.resolve",
    ],
)
def test_what_does_not_count(text: str) -> None:
    assert scan(text) == (False, ())


@pytest.mark.parametrize(
    ("text", "module", "references"),
    [
        ("let a = ; import x from './b'; export const q = ;", True, imports("./b")),
        ("}} export { a }; require('x')", True, requires("x")),
        ("require('unfinished", False, ()),
        ("import", False, ()),
        ("import {", False, ()),
        ("require('a') +", False, requires("a")),
        ("\x00 require('a') \x00", False, requires("a")),
        ("\ud800; require('a')", False, requires("a")),
    ],
)
def test_broken_code_gives_what_can_be_read(
    text: str, module: bool, references: tuple[Reference, ...]
) -> None:
    assert scan(text) == (module, references)


@pytest.mark.parametrize(
    "piece",
    ["(", "[", "{", "`${", "import(", "require('a',", "f(function(){", "export ", "import.meta.",
     "a?b:", "!", "1+", "<a>", "/[/", "if(a);else ", "'", "}", "import {a from 'x';\n } ) "],
)  # fmt: skip
def test_deep_and_broken_text_ends_soon(piece: str) -> None:
    # A quadratic walk would need minutes here and run into the suite's time limit.
    text = piece * (MAX_PARSE_BYTES // len(piece) - 20) + ";require('end')"
    assert len(scan(text).references) <= 2


BIG = "x = 1; // nothing\n" * (MAX_PARSE_BYTES // 20)


@pytest.mark.parametrize(
    ("text", "module", "references"),
    [
        ("import a from './a'\nexport { b } from \"./b\"\n", True, imports("./a", "./b")),
        ("var a=1;export{a as b,c};", True, ()),
        ('import{a as b}from"./a.js";import"./b.js";', True, imports("./a.js", "./b.js")),
        ("a=import.meta.url", True, ()),
        ("export default 1", True, ()),
        ("require('./c'); x.require('d'); import(`./e`)", False,
         (*requires("./c"), *imports("./e"))),
        ("[...require('\\x61')]; require(`a${b}`)", False, requires("a")),
        ("// import 'a'\n/* export {b} */ 'export * from \"c\"' \"\\\" import('d')\"", False, ()),
        ("`\nexport const a = require('b')\n\\` import 'c'\n`", False, ()),
        ("u = /^https?:\\/\\//.test(u); require('a')", False, requires("a")),
        ("from('a'); require; require 'b'; require('c' + d)", False, ()),
        ("import_a.b = export_ = importing\nexporting = {}", False, ()),
        ("({ import: 1, export: 2 }); class A { import() {} export() {} }", False, ()),
    ],
)  # fmt: skip
def test_a_text_too_large_for_the_parser_is_scanned_by_its_words(
    text: str, module: bool, references: tuple[Reference, ...]
) -> None:
    assert scan(BIG + text) == (module, references)
    assert scan(text) == (module, references)


@pytest.mark.parametrize("piece", ["/*", "'", "\\'", "`", '"\\', "import ", "require(", "//", "\\"])
def test_large_hostile_text_ends_soon(piece: str) -> None:
    assert scan(piece * (4 * MAX_PARSE_BYTES // len(piece)) + " import").references == ()


def test_references_are_bounded() -> None:
    text = ";".join(f"require('{number}')" for number in range(MAX_REFERENCES + 10))
    assert scan(text).references == requires(*map(str, range(MAX_REFERENCES)))


def test_the_parser_is_not_loaded_for_text_without_the_words() -> None:
    program = (
        "import sys; from vmgit.engine.syntax import scan;"
        "scan('1 + x.require(2)'); assert 'tree_sitter' not in sys.modules;"
        "scan('require(2)'); assert 'tree_sitter' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


PIECES = st.sampled_from(
    ["import", "export", "require", "(", ")", "'a'", "`", "${", "}", "{", "/", "//", "/*", "*/",
     "\\", "from", "*", ".meta", ".", "\n", " ", "default", "x", "'", '"', "é", "\ud800",
     "=>", "<", ">"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_scanned(text: str) -> None:
    found = scan(text)
    assert all(isinstance(reference.specifier, str) for reference in found.references)


@given(st.text(max_size=40).filter(lambda text: not set(text) & set("'\\\n\r\u2028\u2029")))
def test_any_plain_literal_comes_back(name: str) -> None:
    assert scan(f"require('{name}')").references == requires(name)
