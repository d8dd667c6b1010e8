"""Finds everything that is wrong with a profile's tables, not only the first thing.

It walks the parsed TOML beside the classes of `profile`, so a new key there needs no code here;
only checks that no type can express (paths, globs, hosts) are written out. Pure: it does not know
where the tables came from, so lines and file names are added by `profile_load`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import msgspec.inspect as inspect
from msgspec import Struct

from .profile import Profile
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
    checker.check(tables, inspect.type_info(Profile), (), None)
    return checker.problems[:MOST_PROBLEMS]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that `word` was most likely meant to be, or None."""
    if len(word) > 100:
        return None
    folded = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


class _Checker:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: KeyPath, message: str, hint: str = "") -> None:
        self.problems.append(Problem(path, message, hint))

    def check(self, value: Any, kind: Any, path: KeyPath, extra: dict[str, Any] | None) -> None:
        """Check one value against one type of `msgspec.inspect`; `extra` came with the type."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        if isinstance(kind, inspect.Metadata):
            self.check(value, kind.type, path, kind.extra or extra)
        elif isinstance(kind, inspect.UnionType):  # always "or None", and TOML has no null
            self.check(value, kind.types[0], path, extra)
        elif isinstance(kind, inspect.StructType):
            self.table(value, kind, path)
        elif isinstance(kind, inspect.VarTupleType):
            self.array(value, kind, path)
        else:
            problem = _scalar_problem(value, kind, extra or {})
            if problem is not None:
                self.add(path, *problem)

    def table(self, value: Any, kind: inspect.StructType, path: KeyPath) -> None:
        if not isinstance(value, dict):
            self.add(path, f"expected a table, found {describe(value)}")
            return
        fields = {field.encode_name: field for field in kind.fields}
        for key, item in value.items():
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
    elsewhere = [place for place in _all_keys(Profile) if place[-1] == key]
    if elsewhere:
        return f"did you mean {dotted(elsewhere[0])}?"
    return f"{dotted(path) or 'a profile'} knows {', '.join(known)}"


def _all_keys(struct: type[Struct]) -> Iterable[tuple[str, ...]]:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        yield (field.encode_name,)
        kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
        if isinstance(kind, inspect.StructType):
            for below in _all_keys(kind.cls):
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
        words = " or ".join(quoted(choice) for choice in choices)
        found = quoted(value) if isinstance(value, str) else describe(value)
        return f"expected {words}, found {found}", f"did you mean {quoted(near)}?" if near else ""
    if not isinstance(value, str):
        return f"expected a string, found {describe(value)}", ""
    return _text_problem(value, kind, extra)


def _integer_problem(value: Any, kind: inspect.IntType) -> tuple[str, str] | None:
    low, high = kind.ge or 0, kind.le or 0
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return None
    words = f"expected an integer from {low} to {high}, found {describe(value)}"
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        return words, f"write {value} without quotes"
    return words, ""


def _text_problem(
    value: str, kind: inspect.StrType, extra: dict[str, Any]
) -> tuple[str, str] | None:
    name = extra.get("kind", "")
    if kind.pattern is not None and re.fullmatch(kind.pattern, value) is None:
        article = "an" if name[:1] in "aeiou" else "a"
        return f"{quoted(value)} is not {article} {name}", _HINTS.get(name, "")
    check = _CHECKS.get(name)
    return check(value) if check is not None else None


def _path_problem(value: str) -> tuple[str, str] | None:
    shown = quoted(value)
    if not value:
        return "the path is empty", ""
    if "\0" in value:
        return f"{shown} holds a NUL character", ""
    if "\\" in value:
        return f"{shown} holds a backslash", f"write {quoted(value.replace(chr(92), '/'))}"
    parts = value.split("/")
    if value.startswith("/") or re.match("[A-Za-z]:", value) or parts[0] == "~":
        return f"{shown} is absolute", "paths begin at the workspace root"
    depth = 0
    for part in parts:
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return f"{shown} leaves the workspace", "paths begin at the workspace root"
    if any(part.lower() == ".git" for part in parts):
        return f"{shown} is inside .git", "only files that Git tracks can be named"
    if any(part in ("", ".", "..") for part in parts):
        return f"{shown} has empty, . or .. parts", _plain_path(parts)
    return None


def _plain_path(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return f"write {quoted('/'.join(kept))}" if kept else "name a file or folder below the root"


def _glob_problem(value: str) -> tuple[str, str] | None:
    problem = _path_problem(value)
    if problem is not None:
        return problem
    shown = quoted(value)
    if value.startswith("!"):
        return f"{shown} is a negation", "grants only add; name what is granted"
    if any("**" in part and part != "**" for part in value.split("/")):
        return f"{shown} has ** inside a part", "** stands alone between slashes"
    if re.fullmatch(r"(?:[^][]|\[!?\]?[^][/]*\])*", value) is None:
        return f"{shown} has an unbalanced bracket", "[abc] stands for one of a, b and c"
    return None


def _host_problem(value: str) -> tuple[str, str] | None:
    shown = quoted(value)
    if not value:
        return "the host is empty", ""
    if "://" in value:
        host = re.split("[/?#]", value.split("://", 1)[1])[0]
        return f"{shown} is a URL, not a host", f"write {quoted(host.lower())}" if host else ""
    if "/" in value:
        return f"{shown} is not a host", f"write {quoted(value.split('/')[0].lower())}"
    if not value.isascii():
        return f"{shown} is not ASCII", "write the host in its xn-- form"
    if value != value.lower():
        return f"{shown} is not lower-case", f"write {quoted(value.lower())}"
    match = _HOST.fullmatch(value)
    if match is None:
        return f"{shown} is not a host", "write host, host:port, *.host or [IPv6]"
    if match["port"] is not None and not 1 <= int(match["port"]) <= 65_535:
        return f"{shown} has no valid port", "ports go from 1 to 65535"
    return None


def _global_problem(value: str) -> tuple[str, str] | None:
    if value in ("globalThis", "undefined", "NaN", "Infinity"):
        return f"{quoted(value)} cannot be hidden", "JavaScript itself needs it"
    if value == "console":
        return '"console" is not hidden here', "write console = false in [capabilities]"
    return None


_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(
    rf"(?:\[[0-9a-f:.]*:[0-9a-f:.]*\]|(?:\*\.)?{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
)
_CHECKS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "path": _path_problem,
    "glob": _glob_problem,
    "host": _host_problem,
    "global name": _global_problem,
}
_HINTS = {
    "profile name": "a name is lower-case letters, digits, - and _, 64 at most",
    "file extension with its dot": 'write it like ".js"',
    "variable name, * and ? allowed": 'write it like "APP_*"',
    "program name without a path": 'write it like "git"; it is looked for in PATH',
    "global name": "only names of the global object can be hidden",
}
