"""Every way a profile can be bad that we know of, with the words it is refused with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from vmgit.errors import RefusedError
from vmgit.profile import Profile
from vmgit.profile_check import MOST_PROBLEMS, check_tables
from vmgit.profile_load import load_profile


def _bad_profiles() -> dict[str, tuple[str, str]]:
    """Return name: (text of profiles/shop.toml, the message after its path)."""
    text = (Path(__file__).parent / "profile_errors.txt").read_text(encoding="utf-8")
    bad = {}
    for block in text.split("\n=== ")[1:]:
        name, _, rest = block.partition("\n")
        profile, _, message = rest.rpartition("\n--- ")
        bad[name] = (profile + "\n", message.strip())
    # What a readable file cannot hold.
    bad["nul-byte"] = ('engine = "duk\0py"', "1:14: not TOML: Illegal character '\\x00'")
    bad["huge-number"] = ("a = " + "9" * 5000, "1: not TOML: a number has too many digits")
    bad["deep-array"] = ("a = " + "[" * 5000 + "]" * 5000, "1: nested deeper than 32")
    bad["deep-inline"] = ("\nb = " + "{a=" * 40 + "1" + "}" * 40, "2: nested deeper than 32")
    bad["deep-key"] = ("# a\n" + "a." * 40_000 + "a = 1", "2: nested deeper than 32")
    return bad


BAD = _bad_profiles()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_profile_is_refused_by_file_line_and_key(name: str) -> None:
    text, expected = BAD[name]
    with pytest.raises(RefusedError) as caught:
        load_profile("shop", {"profiles/shop.toml": text.encode()}.get, known=lambda: ["base"])
    assert caught.value.message == f"profiles/shop.toml:{expected}"
    assert caught.value.exit_code == 1
    [error] = caught.value.details["errors"]
    assert error["text"] == caught.value.message
    assert error["file"] == "profiles/shop.toml"
    assert caught.value.message.startswith(f"profiles/shop.toml:{error['line']}:")


def test_the_table_of_bad_profiles_is_read_whole() -> None:
    assert len(BAD) == 132


def test_all_problems_of_a_file_are_listed_in_the_order_of_its_lines() -> None:
    text = b'engin = 1\n[limits]\ncpu_ms = "2"\nwall = 3\n[globals]\nhide = [1, "undefined"]\n'
    with pytest.raises(RefusedError) as caught:
        load_profile("shop", {"profiles/shop.toml": text}.get)
    assert [(e["line"], e["key"]) for e in caught.value.details["errors"]] == [
        (1, "engin"),
        (3, "limits.cpu_ms"),
        (4, "limits.wall"),
        (6, "globals.hide[0]"),
        (6, "globals.hide[1]"),
    ]
    assert caught.value.message == (
        "profiles/shop.toml:1: engin: unknown key; did you mean engine? (and 4 more)"
    )
    assert caught.value.hints == ("all of them: vmgit profile check shop",)


def test_a_flood_of_problems_is_cut() -> None:
    assert len(check_tables({f"key{number}": 1 for number in range(1000)})) == MOST_PROBLEMS
    assert len(check_tables({"startup": ["a.js"] * 1000})) == MOST_PROBLEMS


def test_long_and_hostile_texts_are_shown_short_and_escaped() -> None:
    [long_key] = check_tables({"k" * 5000: 1})
    assert long_key.message == "unknown key"
    [long_value] = check_tables({"engine": "e" * 5000})
    assert len(long_value.message) < 120
    [control] = check_tables({"engine": "\x1b]0;title\x07\u202e"})
    assert control.message == 'expected "dukpy", found "\\x1b]0;title\\x07\\u202e"'


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"startup": []},
        {"startup": ["a.js", {"path": "ä b/c.mjs", "mode": "module"}]},
        {"modules": {"roots": [], "extensions": [".test.js"]}},
        {"capabilities": {"fs": {"read": ["**", "data/**/*.[ch]", "a?[!x]", "[]a]"]}}},
        {
            "capabilities": {
                "fetch": {"hosts": ["localhost:8080", "*.a.com", "[::1]:80", "10.0.0.1"]}
            }
        },
        {"capabilities": {"env": ["*", "APP_?"], "exec": ["git", "python3.11", "g++"]}},
        {"capabilities": {"sqlite": ["data/*.db"], "kv": False, "console": False}},
        {"capabilities": {"sqlite": {"read": ["data/*.db"], "write": ["made/**"]}}},
        {"globals": {"hide": ["eval", "$x", "Function"]}},
    ],
)
def test_what_is_allowed_is_allowed(tables: dict[str, Any]) -> None:
    assert check_tables(tables) == []


def test_every_key_of_the_classes_is_checked() -> None:
    """A wrong type at any key is found, so no key of the classes escapes the walk."""
    for path in _leaves(Profile()):
        tables: dict[str, Any] = {}
        place = tables
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = 1.5
        assert [problem.path for problem in check_tables(tables)] == [path]


def _leaves(struct: msgspec.Struct, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    leaves = []
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        below = isinstance(value, msgspec.Struct)
        leaves += _leaves(value, (*above, name)) if below else [(*above, name)]
    return leaves
