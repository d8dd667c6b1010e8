"""Where keys stand in a TOML text, in every way that TOML can write them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmgit.toml_lines import KeyPath, dotted, key_lines, line_of, quoted, too_deep


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# a = 0\n\n  a = 1 # b = 2\n", ("a",), 3),
        ("[t]\na = 1\n", ("t",), 1),
        ("[t]\na = 1\n", ("t", "a"), 2),
        ("[ t . u ] # c\na = 1\n", ("t", "u", "a"), 2),
        ("a.b.c = 1\na.d = 2\n", ("a", "d"), 2),
        ("a.b.c = 1\na.d = 2\n", ("a", "b"), 1),
        ("[t.u]\na = 1\n[t]\nb = 2\n", ("t",), 1),
        ("[t.u]\na = 1\n[t]\nb = 2\n", ("t", "b"), 4),
        ("a = { b = 1, c.d = [2] }\n", ("a", "c", "d", 0), 1),
        ("a = [\n  1,\n  # two\n  2, 3\n]\n", ("a", 1), 4),
        ("a = [\n  1,\n  # two\n  2, 3\n]\nb = 1\n", ("b",), 6),
        ("a = [[1,\n2], [\n3]]\n", ("a", 1, 0), 3),
        ("a = [\n {b = 1},\n {b = 2} ]\n", ("a", 1, "b"), 3),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\n", ("a", 1, "b"), 4),
        ("[[a]]\n[a.t]\nb = 1\n[[a]]\n[a.t]\nb = 2\n", ("a", 1, "t", "b"), 6),
        ("[[a]]\n[[a.c]]\n[[a.c]]\nb = 2\n", ("a", 0, "c", 1, "b"), 4),
        ('a = """\nb = 1\n[t]\n"""\nb = 2\n', ("b",), 5),
        ('a = """x\\"""\ny"""""\nb = 2\n', ("b",), 3),
        ("a = '''\nb = 1 '' \n'''\nb = 2\n", ("b",), 4),
        ("a = '''x'''''\nb = 2\n", ("b",), 2),
        ("a = 'C:\\'\nb = 2\n", ("b",), 2),
        ('a = "]}#\\""\nb = 2\n', ("b",), 2),
        ('a = ["]", "#",\n"x"]\n', ("a", 2), 2),
        ("\"a.b\" = 1\n'c d' = 2\n", ("c d",), 2),
        ('"\\u00e9\\U0001F600\\"" = 1\n', ('é😀"',), 1),
        ('[t."x.y"]\na = 1\n', ("t", "x.y", "a"), 2),
        ("a = 1979-05-27 07:32:00Z # x\nb = 0x_f\n".replace("_", ""), ("b",), 2),
        ("a = 1979-05-27 07:32:00Z\nb=-1.5e3\nc=true", ("c",), 3),
        ("\n\n\ta\t=\t[\t]\t\nb\t=\t{\t}\t\nc=1", ("c",), 5),
    ],
)
def test_each_way_to_write_a_key_is_found(text: str, path: KeyPath, line: int) -> None:
    assert key_lines(text)[path] == line
    assert set(key_lines(text)) == _paths(tomllib.loads(text))


def _paths(value: Any, above: KeyPath = ()) -> set[KeyPath]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    found: set[KeyPath] = {above} if above else set()
    for key, item in items:
        found |= _paths(item, (*above, key))
    return found


_KEYS = st.sampled_from(["a", "b-1", '"x.y"', "'#'", '"\\""', "a . b"])
_SCALARS = st.sampled_from(
    ["1", "-1.5", "true", '"#]}"', "'\\'", '"""\na = [\n"""', "''' '' '''", "07:32:00"]
)
_GAPS = st.sampled_from(["", " ", "\n", " # c ]\n", "\n\n\t"])


@st.composite
def _arrays(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(items, max_size=3))
    return "[" + ",".join(f"{draw(_GAPS)}{part}{draw(_GAPS)}" for part in parts) + draw(_GAPS) + "]"


@st.composite
def _inline_tables(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(items, max_size=3))
    return "{ " + ", ".join(f"k{number} = {part}" for number, part in enumerate(parts)) + " }"


_VALUES = st.recursive(_SCALARS, lambda items: _arrays(items) | _inline_tables(items), max_leaves=8)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("pair"), _KEYS, _VALUES),
            st.tuples(st.sampled_from(["table", "array"]), _KEYS, st.just("")),
        ),
        max_size=8,
    )
)
def test_every_valid_text_yields_exactly_the_paths_that_tomllib_yields(
    statements: list[tuple[str, str, str]],
) -> None:
    text = ""
    for kind, key, value in statements:
        line = {"pair": f"{key} = {value}", "table": f"[{key}]", "array": f"[[{key}]]"}[kind]
        try:
            tomllib.loads(text + line + "\n")
        except tomllib.TOMLDecodeError:
            continue  # the same key twice
        text += line + "\n"
    lines = key_lines(text)
    assert set(lines) == _paths(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_a_key_that_is_not_there_has_the_line_of_its_nearest_parent() -> None:
    lines = key_lines("a = 1\n[t]\nb = [\n1]\n")
    assert line_of(lines, ("t", "c")) == 2
    assert line_of(lines, ("t", "b", 7)) == 3
    assert line_of(lines, ("zzz",)) == 1


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("limits", "cpu_ms"), "limits.cpu_ms"),
        (("startup", 1, "path"), "startup[1].path"),
        (("a b", "c.d"), '"a b"."c.d"'),
        (("",), '""'),
        (("k" * 100,), '"' + "k" * 57 + '..."'),
    ],
)
def test_a_path_is_shown_as_people_write_it(path: KeyPath, shown: str) -> None:
    assert dotted(path) == shown


def test_quoted_text_is_one_printable_line() -> None:
    assert quoted('a"\\\n\x1b é') == '"a\\"\\\\\\n\\x1b é"'
    assert quoted("x" * 1000) == '"' + "x" * 57 + '..."'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = [[1]]\n", None),
        ("a = [[[1]]]\n", 1),
        ("a = 1\nb = {a={b=[\n1]}}\n", 2),
        ('a = "[[[["\n# [[[[\n', None),
        ("a = '''\n[[[[\n'''\n", None),
        ("a.b.c = 1\na.b.c = 1.5\n", None),
        ("x = 1\na.b.c.d = 1\n", 2),
        ("a = [1.0, 1.0, 1.0]\n", None),
        ("]]]]] [ [", None),
        ('a = "[[[[\nb = [[[', 2),
        ('a = """[[[[\n[[[[\\', None),
        ("a = '''[[[[\n[[[[", None),
        ("a = '[[[[\nb = [[[", 2),
    ],
)
def test_deep_nesting_is_seen_before_it_is_parsed(text: str, line: int | None) -> None:
    assert too_deep(text, 2) == line
