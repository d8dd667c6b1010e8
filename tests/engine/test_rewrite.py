"""The text that the rewriter makes: when it stays as it is, and that its lines never move."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vmgit.engine.edits import Edits, Shift, blank
from vmgit.engine.rewrite import Rewritten, rewrite

from .script_programs import SLOPPY

LINE_ENDS = ("\r\n", "\n", "\r", "\u2028", "\u2029")


@pytest.mark.parametrize(
    "text", ["", "1+1", "f(x)\n", "letter = constant.classic + awaited", "if (a) { b() }", "\x00"]
)
def test_a_text_without_declarations_stays_as_it_is(text: str) -> None:
    assert rewrite(text) == Rewritten(text)


def test_a_text_without_declarations_never_loads_the_parser() -> None:
    code = (
        "import sys; from vmgit.engine.rewrite import rewrite; rewrite('1+1');"
        "print([name for name in sys.modules if name.startswith('tree_sitter')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "text",
    [
        "for (let i = 0; i < 3; i++) { const x = i }",
        "(() => { let a = 1; class B {} })()",
        "async function f() { await 1 }",
        "x = { let: 1, await: 2 }; 'const'",
        "let a = ;",
    ],
)
def test_nothing_of_the_top_level_means_no_edit(text: str) -> None:
    assert rewrite(text).code == text
    assert rewrite(text).source == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("let a = 1", "var a = 1"),
        ("const a = 1, b = 2", "var   a = 1, b = 2"),
        ("let a, b = 1, c;", "var a=void 0, b = 1, c=void 0;"),
        ("class A extends B {} x", "var A=class A extends B {}; x"),
        ("\ufefflet a = 1", "var a = 1"),
        ("#!/bin/node\nlet a = 1", "///bin/node\nvar a = 1"),
    ],
)
def test_a_sloppy_script_gets_vars(text: str, code: str) -> None:
    assert rewrite(text).code == code


def test_lone_surrogates_and_nul_are_kept() -> None:
    kept = rewrite("let [a] = '\ud83d', b").code == "var [a] = '\ud83d', b=void 0"
    assert kept  # A failure that shows the surrogate could not be reported.
    assert rewrite("let a = '\0'; let b").code == "var a = '\0'; var b=void 0"


def test_the_names_of_a_script() -> None:
    made = rewrite(
        "let a, {b: [c = 1, ...d], ...e} = f; const g = 1; class H {}\n"
        "var i, {j} = k; for (var l of m) { var n; { function o() {} } }\n"
        "function p() { var q; let r } if (s) { let t; const u = 1 } let \\u0076 = 1"
    )
    assert made.lexical == ("a", "c", "d", "e", "g", "v", "H")
    assert made.consts == ("g",)
    assert made.vars == ("i", "j", "n", "l", "o")


def test_helper_names_take_no_name_of_the_text() -> None:
    made = rewrite("await ꞏ; await ꞏꞏc")
    assert made.helper == "ꞏꞏꞏ"
    assert rewrite("await 1").helper == "ꞏ"


@pytest.mark.parametrize("form", ["{}", "'use strict';{}", "await 0;{}", "'use strict';await 0;{}"])
def test_lines_never_move(form: str) -> None:
    for text in SLOPPY:
        for end in LINE_ENDS:
            made = rewrite(form.format("") + end + text.replace("\n", end))
            wanted = [end] * (1 + text.count("\n"))
            assert _line_ends(made.code) == wanted, text
            assert _line_ends(made.hoist)[: len(wanted)] == wanted[: len(_line_ends(made.hoist))]


def _line_ends(text: str) -> list[str]:
    found, rest = [], text
    while rest:
        end = next((item for item in LINE_ENDS if rest.startswith(item)), "")
        found += [end] if end else []
        rest = rest[len(end) or 1 :]
    return found


def test_edits_remember_how_far_columns_moved() -> None:
    edits = Edits()
    edits.wrap(0, 9, "<", ">")
    edits.wrap(0, 3, "((", ")")
    edits.replace(4, 5, "")
    edits.after(9, "!")
    code, shifts = edits.apply(b"abc d\nefghi j")
    assert code == b"<((abc) \nefg!>hi j"
    assert shifts[-1] == Shift(2, 6, 2)
    assert Rewritten("", shifts=shifts).column(1, 4) == 1
    assert Rewritten("", shifts=shifts).column(2, 3) == 3
    assert Rewritten("", shifts=shifts).column(2, 9) == 7


def test_blank_keeps_line_ends_and_width() -> None:
    assert blank("é\r\nab\u2028\rc".encode()) == "  \r\n  \u2028\r ".encode()


@pytest.mark.parametrize("depth", [100, 5000])
def test_deep_nesting_is_no_problem(depth: int) -> None:
    made = rewrite("await 1; let a = 1; " + "{" * depth + "var b" + "}" * depth)
    assert made.vars == ("b",)
    assert made.mode == "async"


def test_unfinished_and_strange_texts_never_raise() -> None:
    for text in SLOPPY:
        for cut in range(0, len(text), 3):
            rewrite("let q; " + text[:cut])
            rewrite("await 1; " + text[cut:])
