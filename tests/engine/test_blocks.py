"""Blocks that look like objects are read as blocks, whatever stands around them."""

from __future__ import annotations

import pytest

from vmgit.engine.blocks import unmistakable
from vmgit.engine.edits import Shift
from vmgit.engine.rewrite import rewrite
from vmgit.engine.scan import parse


def _marked(text: str) -> str:
    data = text.encode()
    return unmistakable(data, parse(data).root_node)[0].decode()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("{ a: 1 }", "{; a: 1 }"),
        ("{ a: { b: 1 } }", "{; a: {; b: 1 } }"),
        ("é; if (x) { a: 1 } else { c: 2 }", "é; if (x) { a: 1 } else {; c: 2 }"),
        ("{ a: 1 }\n{ b: 2 }", "{; a: 1 }\n{; b: 2 }"),
        ("{ a: 'x' } + 1", "{; a: 'x' } + 1"),
        ("function f() { { a: 1 } }", "function f() { {; a: 1 } }"),
    ],
)
def test_misread_blocks_are_marked(text: str, marked: str) -> None:
    assert _marked(text) == marked


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "{ a }", "{ a: 1; }", "x = { a: 1 }", "({ a: 1 })", "f({ a: { b: 1 } })"),
        *("() => ({ a: 1 })", "'{ a: 1 }'", "// { a: 1 }", "`${{ a: 1 }}`", "[{ a: 1 }]"),
        *("let { a: b } = c", "class A { a() { return { b: 1 } } }", "x => { a: 1 }"),
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    data = text.encode()
    marked, _, marks = unmistakable(data, parse(data).root_node)
    assert (marked, marks) == (data, ())


def test_columns_are_those_of_the_users_text() -> None:
    text = "var w = await 0; { a: null.x }"
    rewritten = rewrite(text)
    assert rewritten.marks == (Shift(1, 20, 1),)
    # In bytes: what the rewriting puts in is not ASCII.
    column = rewritten.code.encode().index(b"null.x") + 1
    assert rewritten.column(1, column) == text.index("null.x") + 1


def test_deep_blocks_are_read_in_time() -> None:
    # A parse for each level or block would run into the suite's time limit.
    depth = 400
    assert _marked("{a:" * depth + "1" + "}" * depth) == "{;a:" * depth + "1" + "}" * depth
    _marked("{ x: 1 }\n" * 5000)
