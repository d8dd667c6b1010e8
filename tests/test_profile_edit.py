"""Editing a profile's file: what is meant changes, everything else stays byte for byte."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.errors import RefusedError, UsageError
from vmgit.profile_edit import edit, parse_assignment, readings

PATH = "profiles/shop.toml"
COMMENTED = """\
# The shop.
description = "rules"  # for people

[limits]  # tight
cpu_ms = 100     # was 50
wall_ms = 200

# what it may do
[capabilities.fs]
read = [
  "a/**",  # first
]
"""


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        ("", "limits.cpu_ms", 500, "[limits]\ncpu_ms = 500\n"),
        ("# top\n", "refresh", "off", '# top\nrefresh = "off"\n'),
        ("", "capabilities.fs.read", ["a"], '[capabilities]\nfs = {read = ["a"]}\n'),
        ("[limits]\r\ncpu_ms = 1\r\n", "limits.cpu_ms", 20, "[limits]\r\ncpu_ms = 20\r\n"),
        ("\ufeff[limits]\ncpu_ms = 10 # x\n", "limits.cpu_ms", 20,
         "\ufeff[limits]\ncpu_ms = 20 # x\n"),
        ("limits = { cpu_ms = 10 }\n", "limits.wall_ms", 20,
         "limits = { cpu_ms = 10, wall_ms = 20}\n"),
        ('[capabilities]\nsqlite = ["a.db"] # x\n', "capabilities.sqlite.write", ["b.db"],
         '[capabilities]\nsqlite = {read = ["a.db"], write = ["b.db"]} # x\n'),
        ('[capabilities]\nsqlite = ["a.db"]\n', "capabilities.sqlite", ["a.db", "b.db"],
         '[capabilities]\nsqlite = ["a.db", "b.db"]\n'),
        ("limits.cpu_ms = 10\n", "limits.wall_ms", 20, "limits.cpu_ms = 10\nlimits.wall_ms = 20\n"),
    ],
)  # fmt: skip
def test_a_key_is_set_where_it_belongs(before: str, key: str, value: Any, after: str) -> None:
    before = before.replace("cpu_ms = 1\r", "cpu_ms = 10\r")
    edited = edit(PATH, before.encode(), [(tuple(key.split(".")), value)])
    assert edited.decode() == after


def test_comments_and_order_stay() -> None:
    changes = [(("limits", "cpu_ms"), 500), (("capabilities", "fs", "write"), ["out/**"])]
    edited = edit(PATH, COMMENTED.encode(), changes).decode()
    assert edited.replace("500", "100").replace('write = ["out/**"]\n', "") == COMMENTED


def test_a_key_beside_a_table_that_has_no_head() -> None:
    edited = edit(PATH, COMMENTED.encode(), [(("capabilities", "exec"), ["git"])])
    tables = tomllib.loads(edited.decode())
    assert tables["capabilities"] == {"fs": {"read": ["a/**"]}, "exec": ["git"]}
    assert [line for line in COMMENTED.splitlines() if line not in edited.decode()] == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("limits.cpu_msx", 5, "unknown key"),
        ("limits.cpu_ms", "fast", "expected an integer"),
        ("limits.memory_mb", 9999, "expected an integer"),
        ("capabilities.fs.read", ["../x"], "leaves the workspace"),
        ("capabilities.fs.read", [".git/**"], "inside .git"),
        ("capabilities.fs", "data", "expected a table"),
        ("capabilities.exec", ["/bin/sh"], "is not a program name"),
        ("refresh", "never", "expected"),
        ("description.x", 1, "no table"),
        ("nothing.at.all", 1, "unknown key"),
    ],
)
def test_what_the_schema_refuses_is_refused(key: str, value: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        edit(PATH, COMMENTED.encode(), [(tuple(key.split(".")), value)])


def test_a_bad_file_is_not_touched() -> None:
    with pytest.raises(RefusedError, match=r"profiles/shop\.toml:1"):
        edit(PATH, b"oops = 1\n", [(("refresh",), "off")])


@given(st.text(max_size=40), st.integers(1, 9999))
def test_any_description_can_be_set_among_comments(text: str, limit: int) -> None:
    try:
        content = edit(PATH, COMMENTED.encode(), [(("description",), text)])
    except UsageError:
        return
    content = edit(PATH, content, [(("limits", "wall_ms"), limit + 10)])
    tables = tomllib.loads(content.decode())
    assert (tables["description"], tables["limits"]["wall_ms"]) == (text, limit + 10)
    assert "# first" in content.decode()


@pytest.mark.parametrize("text", ["", "a", "a.b", "=1", ".a=1", "a.=1", " =1"])
def test_no_assignment(text: str) -> None:
    with pytest.raises(UsageError, match="no assignment"):
        parse_assignment(text)


def test_assignments_and_their_readings() -> None:
    assert parse_assignment("a.b=c=d") == (("a", "b"), "c=d")
    assert readings("500") == [500, "500"]
    assert readings("data/**") == ["data/**"]
    assert readings('["a", "b"]') == [["a", "b"], '["a", "b"]']
    assert readings("1\nx = 2") == ["1\nx = 2"]
