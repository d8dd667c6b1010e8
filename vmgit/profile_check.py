"""Finds everything that is wrong with a profile's tables, not only the first thing.

It walks the parsed TOML beside the classes of `profile`, so a new key there needs no code here.
Pure: it does not know where the tables came from, so `profile_parse` adds file names and lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec.inspect as inspect
from msgspec import Struct

from .profile import Profile
from .profile_text import text_problem
from .toml_lines import KeyPath, dotted, quoted

#: More problems than this in one file are not listed.
MOST_PROBLEMS = 100


class Problem(Struct, frozen=True):
    """One thing that is wrong: where, what was expected and found, and what would be right."""

    path: KeyPath
    message: str
    hint: str = ""


def check_tables(tables: dict[str, Any]) -> list[Problem]:
    """Return the problems of a parsed profile file, in the order of its keys."""
    checker = _Checker()
    checker.check(tables, _profile_type(), (), None)
    return checker.problems[:MOST_PROBLEMS]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that `word` was most likely meant to be, or None."""
    if len(word) > 100:
        return None
    from difflib import get_close_matches  # only somebody's mistake needs it

    folded = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


@cache
def _profile_type() -> inspect.Type:
    # Worked out once: it takes ten times as long as checking a profile against it.
    return inspect.type_info(Profile)


class _Checker:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: KeyPath, message: str, hint: str = "") -> None:
        self.problems.append(Problem(path, message, hint))

    def check(self, value: Any, kind: Any, path: KeyPath, extra: dict[str, Any] | None) -> None:
        """Check one value against one type of `msgspec.inspect`; `extra` came with the type."""
        if isinstance(kind, inspect.Metadata):
            self.check(value, kind.type, path, kind.extra or extra)
        elif isinstance(kind, inspect.UnionType):  # always "or None", and TOML has no null
            self.check(value, kind.types[0], path, extra)
        elif isinstance(kind, inspect.StructType):
            if path == ("capabilities", "sqlite") and not isinstance(value, dict):
                # Its short form: an array of what may be read.
                self.check(value, kind.fields[0].type, path, extra)
            else:
                self.table(value, kind, path)
        elif isinstance(kind, inspect.VarTupleType):
            self.array(value, kind, path)
        else:
            problem = _scalar_problem(value, kind, extra or {})
            if problem is not None:
                self.add(path, *problem)

    def table(self, value: Any, kind: inspect.StructType, path: KeyPath) -> None:
        if not isinstance(value, dict):
            keys = f"its keys are {', '.join(field.encode_name for field in kind.fields)}"
            self.add(path, f"expected a table, found {describe(value)}", keys)
            return
        fields = {field.encode_name: field for field in kind.fields}
        for key, item in value.items():
            if len(self.problems) >= MOST_PROBLEMS:
                return
            if key in fields:
                self.check(item, fields[key].type, (*path, key), None)
            else:
                self.add((*path, key), "unknown key", _key_hint(key, list(fields), path))
        for name, field in fields.items():
            if field.required and name not in value:
                self.add(path, f"{name} is missing")

    def array(self, value: Any, kind: inspect.VarTupleType, path: KeyPath) -> None:
        if not isinstance(value, list):
            hint = f"write [{quoted(value)}]" if isinstance(value, str) else ""
            self.add(path, f"expected an array, found {describe(value)}", hint)
            return
        seen: dict[str, int] = {}
        for position, item in enumerate(value):
            if len(self.problems) >= MOST_PROBLEMS:
                return
            where = (*path, position)
            if path == ("startup",):
                identity = self.startup_entry(item, kind.item_type, where)
            else:
                self.check(item, kind.item_type, where, None)
                identity = item
            if isinstance(identity, str):
                first = seen.setdefault(identity, position)
                if first != position:
                    again = dotted((*path, first))
                    self.add(where, f"{quoted(identity)} stands twice, first as {again}")

    def startup_entry(self, item: Any, kind: inspect.Type, where: KeyPath) -> Any:
        """Check a startup entry, which may be a plain path; return its path."""
        if isinstance(item, str):
            assert isinstance(kind, inspect.StructType)
            self.check(item, kind.fields[0].type, where, None)
            return item
        if not isinstance(item, dict):
            self.add(where, f"expected a path or {{ path, mode }}, found {describe(item)}")
            return None
        self.check(item, kind, where, None)
        return item.get("path")


def describe(value: Any) -> str:
    """Return a found TOML value as words of a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the string {quoted(value)}"
    if isinstance(value, int | float):
        shown = repr(value)
        return shown if len(shown) <= 40 else shown[:37] + "..."
    if isinstance(value, dict):
        return "a table"
    return "an array" if isinstance(value, list) else "a date or time"


def _key_hint(key: str, known: list[str], path: KeyPath) -> str:
    near = nearest(key, known)
    if near is not None:
        return f"did you mean {near}?"
    elsewhere = [place for place in _all_keys(_profile_type()) if place[-1] == key]
    if elsewhere:
        return f"did you mean {dotted(elsewhere[0])}?"
    return f"{dotted(path) or 'a profile'} knows {', '.join(known)}"


def _all_keys(kind: inspect.Type) -> Iterable[tuple[str, ...]]:
    kind = kind.type if isinstance(kind, inspect.Metadata) else kind
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield (field.encode_name,)
            for below in _all_keys(field.type):
                yield (field.encode_name, *below)


def _scalar_problem(value: Any, kind: Any, extra: dict[str, Any]) -> tuple[str, str] | None:
    if isinstance(kind, inspect.BoolType):
        if isinstance(value, bool):
            return None
        return f"expected true or false, found {describe(value)}", ""
    if isinstance(kind, inspect.IntType):
        return _integer_problem(value, kind)
    if isinstance(kind, inspect.LiteralType):
        if isinstance(value, str) and value in kind.values:
            return None
        choices = [str(choice) for choice in kind.values]
        near = nearest(value, choices) if isinstance(value, str) else None
        *rest, last = [quoted(choice) for choice in choices]
        words = f"{', '.join(rest)} or {last}" if rest else last
        found = quoted(value) if isinstance(value, str) else describe(value)
        return f"expected {words}, found {found}", f"did you mean {quoted(near)}?" if near else ""
    if not isinstance(value, str):
        return f"expected a string, found {describe(value)}", ""
    return text_problem(value, str(extra.get("kind", "")), kind.pattern)


def _integer_problem(value: Any, kind: inspect.IntType) -> tuple[str, str] | None:
    low, high = kind.ge or 0, kind.le or 0
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return None
    words = f"expected an integer from {low} to {high}, found {describe(value)}"
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        return words, f"write {value} without quotes"
    return words, ""
