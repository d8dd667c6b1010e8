"""Changes keys of a profile file and keeps everything else in it: comments, order, line ends.

The text that comes out is checked as any profile file is, and against what was meant, before
anybody writes it. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Sequence
from typing import Any

from .errors import RefusedError, UsageError
from .profile import long_form
from .profile_parse import parse_profile

#: A key of the file and the value it gets, a TOML value as Python has it.
Change = tuple[tuple[str, ...], Any]


def parse_assignment(text: str) -> tuple[tuple[str, ...], str]:
    """Split `limits.cpu_ms=500` into the key's parts and the value's text.

    Raises `UsageError` when it is no assignment.
    """
    key, equals, value = text.partition("=")
    parts = tuple(part.strip() for part in key.split("."))
    if not equals or not all(parts):
        raise UsageError(
            f"{text!r} is no assignment.", hints=["Write KEY=VALUE, such as limits.cpu_ms=500."]
        )
    return parts, value.strip()


def readings(text: str) -> list[Any]:
    """Return what a value on the command line may mean: a TOML value, and always plain text."""
    try:
        return [tomllib.loads(f"value = {text}")["value"], text] if "\n" not in text else [text]
    except tomllib.TOMLDecodeError:
        return [text]


def edit(path: str, content: bytes, changes: Sequence[Change]) -> bytes:
    """Return the file `content` at `path` with `changes` made.

    Raises `UsageError` when the result would be refused, and `RefusedError` when the file is bad
    already.
    """
    before, errors = parse_profile(path, content)
    if errors:
        raise RefusedError(str(errors[0]), hints=["Mend the file first."])
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    meant: dict[str, Any] = before
    try:
        document = tomlkit.parse(content.removeprefix(mark).decode("utf-8"))
        for key, value in changes:
            _put(document, key, value, tomlkit)
            meant = _with(meant, key, value)
        edited = mark + tomlkit.dumps(document).encode("utf-8")
    except TOMLKitError as error:
        raise _refused(path, changes, str(error)) from error
    after, errors = parse_profile(path, edited)
    if errors:
        raise _refused(path, changes, f"{errors[0].key}: {errors[0].message}", errors[0].hint)
    if after != long_form(meant):
        raise _refused(path, changes, "the file is written in a way that cannot be changed safely")
    return edited


def _put(table: Any, key: tuple[str, ...], value: Any, tomlkit: Any) -> None:
    """Set a key in a tomlkit table; what is missing on the way becomes tables of one line."""
    first, rest = key[0], key[1:]
    if not rest:
        table[first] = value
        return
    if first not in table:
        # A table of its own at the top, on one line below: `fs = { read = [] }`.
        top = isinstance(table, tomlkit.TOMLDocument)
        table[first] = tomlkit.table() if top else tomlkit.inline_table()
    below = table[first]
    if first == "sqlite" and isinstance(below, list):  # the short form of a table
        table[first] = below = _long(below, tomlkit)
    if not isinstance(below, dict):
        raise UsageError(f"{first} is no table.")
    _put(below, rest, value, tomlkit)


def _long(array: Any, tomlkit: Any) -> Any:
    """Return the table that an array of databases stands for; the comment behind it stays there."""
    table = tomlkit.inline_table()
    table.trivia.comment_ws, array.trivia.comment_ws = array.trivia.comment_ws, ""
    table.trivia.comment, array.trivia.comment = array.trivia.comment, ""
    table.update({"read": array, "write": []})
    return table


def _with(tables: dict[str, Any], key: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return a copy of plain tables with a key set."""
    if len(key) == 1:
        return {**tables, key[0]: value}
    return {**tables, key[0]: _with(tables.get(key[0], {}), key[1:], value)}


def _refused(path: str, changes: Sequence[Change], why: str, hint: str = "") -> UsageError:
    keys = ", ".join(".".join(key) for key, _ in changes)
    return UsageError(
        f"{path} was not changed: {why}.",
        hints=[hint] if hint else [],
        details={"path": path, "keys": keys},
    )
