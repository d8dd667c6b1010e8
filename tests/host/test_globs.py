"""Globs of grants: what they match, what they may hold, and that none of them is slow."""

from __future__ import annotations

import pytest

from vmgit.host.globs import matches, matches_name, may_hold


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("a.json", ["a.json"], ["b/a.json", "a.jsonx", "A.json", "a.json/b", ""]),
        ("data/**", ["data/a", "data/b/c", "data/.x"], ["data", "datax/a", "x/data/a", ""]),
        ("**", ["a", "a/b/c"], [""]),
        ("**/a", ["a", "b/a", "b/c/a"], ["ab", "a/b"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a", "ab", "a/x"]),
        ("a/**/**/b", ["a/b", "a/x/y/b"], ["a/bb"]),
        ("*.js", ["a.js", ".js"], ["a/b.js", "a.jsx", "a.js\n"]),
        ("d/?", ["d/a", "d/\n"], ["d/ab", "d/"]),
        ("d/[ab]", ["d/a"], ["d/c", "d/[ab]"]),
        ("d/[!a]", ["d/b"], ["d/a", "d/"]),
        ("d/[]]", ["d/]"], ["d/["]),
        ("d/[z-a]", [], ["d/b", "d/z", "d/-"]),
        ("d/(a|b).+^$", ["d/(a|b).+^$"], ["d/a"]),
        ("d/ü*", ["d/üx"], ["d/ux"]),
    ],
)
def test_a_glob_matches_parts(glob: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not matches([glob], _parts(path))] == []
    assert [path for path in no if matches([glob], _parts(path))] == []


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("a.json", [""], ["a.json", "b"]),
        ("data/**", ["", "data", "data/x", "data/x/y"], ["d", "x/data"]),
        ("a/*/c.txt", ["", "a", "a/b"], ["a/b/c.txt", "b", "a/b/c"]),
        ("**/x", ["", "a", "a/b", "x"], []),
    ],
)
def test_a_folder_may_hold_what_a_glob_matches(glob: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not may_hold([glob], _parts(path))] == []
    assert [path for path in no if may_hold([glob], _parts(path))] == []


def test_nothing_is_matched_without_globs() -> None:
    assert not matches([], ("a",))
    assert not may_hold([], ())


def test_greedy_globs_end() -> None:
    """Backtracking would take longer than the universe has; the test's time limit would end it."""
    stars = "/".join(["**", "*a*a*a*a*a*a*a*a*b"] * 20)
    path = tuple("a" * 250 for _ in range(60))
    assert not matches([stars], path)
    assert may_hold([stars], path)


def test_names_of_variables() -> None:
    assert matches_name(["APP_*", "HOME"], "APP_KEY")
    assert matches_name(["A?C"], "ABC")
    assert not matches_name(["APP_*"], "XAPP_KEY")
    assert not matches_name([], "HOME")
