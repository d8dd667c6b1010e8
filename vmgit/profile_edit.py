"""Changes keys of a profile file and keeps everything else in it: comments, order, line ends.

The text that comes out is checked as any profile file is, and against what was meant, before
anybody writes it. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import codecs
import json
import tomllib
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import Any, Final

from .errors import RefusedError, UsageError
from .profile import long_form
from .profile_parse import parse_profile


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"


#: The value of a key that is to be taken out of the file.
ABSENT: Final = Absent.ABSENT
#: A key of the file and the value it gets: a TOML value as Python has it, or `ABSENT`.
Change = tuple[tuple[str, ...], Any]


def parse_key(text: str) -> tuple[str, ...]:
    """Split `limits.cpu_ms` into its parts. Raises `UsageError` when a part is empty."""
    parts = tuple(part.strip() for part in text.split("."))
    if not all(parts):
        raise UsageError(f"{text!r} is no key.", hints=["Write it like limits.cpu_ms."])
    return parts


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

    A list that is there already is changed item by item, so that the comments between its items
    stay. Raises `UsageError` when the result would be refused, and `RefusedError` when the file is
    bad already.
    """
    before, errors = parse_profile(path, content)
    if errors:
        raise RefusedError(str(errors[0]), hints=["Mend the file first."])
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode("utf-8")
    windows = "\r\n" in text and "\n" not in text.replace("\r\n", "")
    meant: dict[str, Any] = before
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n") if windows else text)
        for key, value in changes:
            _put(document, key, value, tomlkit)
            meant = _with(meant, key, value)
        text = tomlkit.dumps(document)
    except TOMLKitError as error:
        raise _refused(path, changes, str(error)) from error
    edited = mark + (text.replace("\n", "\r\n") if windows else text).encode("utf-8")
    after, errors = parse_profile(path, edited)
    if errors and after:
        raise _refused(path, changes, f"{errors[0].key}: {errors[0].message}", errors[0].hint)
    if _without_empty(after) != _without_empty(long_form(meant)):
        why = "it is written in a way that cannot be changed safely"
        raise _refused(path, changes, why, "Where a comment ends a list, put a comma before it.")
    return edited


def _put(table: Any, key: tuple[str, ...], value: Any, tomlkit: Any) -> None:
    """Set a key in a tomlkit table; what is missing on the way becomes tables of one line."""
    first, rest = key[0], key[1:]
    if not rest:
        _put_value(table, first, value, tomlkit)
        return
    if first not in table:
        if value is ABSENT:
            return
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


def _put_value(table: Any, key: str, value: Any, tomlkit: Any) -> None:
    if value is ABSENT:
        table.pop(key, None)
    elif key in table and isinstance(table[key], list) and isinstance(value, list):
        _put_items(table[key], value, tomlkit)
    else:
        table[key] = value


def _put_items(array: Any, items: list[Any], tomlkit: Any) -> None:
    """Change an array into `items`, moving as little as possible; from its end, so places hold."""
    for tag, start, end, first, last in reversed(list(_steps(array.unwrap(), items))):
        new = [_item(array, item, tomlkit) for item in items[first:last]]
        if tag == "replace":
            kept = min(end - start, len(new))
            for place in range(kept):
                array[start + place] = new[place]
            start, new = start + kept, new[kept:]
        for place in range(end - 1, start - 1, -1):
            del array[place]
        for place, item in enumerate(new):
            array.insert(start + place, item)


def _steps(before: list[Any], after: list[Any]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what is to be done at which places to make one list another; see `difflib`."""
    old, new = ([json.dumps(item, sort_keys=True) for item in one] for one in (before, after))
    for step in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if step[0] != "equal":
            yield step


def _item(array: Any, item: Any, tomlkit: Any) -> Any:
    """Return a value as an array takes it: a table has its own form in `[[startup]]`."""
    if not isinstance(item, dict):
        return item
    whole = isinstance(array, tomlkit.items.AoT)
    table = tomlkit.table() if whole else tomlkit.inline_table()
    table.update(item)
    if whole:
        table.add(tomlkit.nl())
    return table


def _with(tables: dict[str, Any], key: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return a copy of plain tables with a key set, or taken out."""
    if len(key) > 1:
        if value is ABSENT and key[0] not in tables:
            return tables
        return {**tables, key[0]: _with(tables.get(key[0], {}), key[1:], value)}
    if value is ABSENT:
        return {name: kept for name, kept in tables.items() if name != key[0]}
    return {**tables, key[0]: value}


def _without_empty(tables: dict[str, Any]) -> dict[str, Any]:
    """Leave out tables with nothing in them: they decide nothing, and dotted keys have none."""
    kept = {
        name: _without_empty(value) if isinstance(value, dict) else value
        for name, value in tables.items()
    }
    return {name: value for name, value in kept.items() if value != {}}


def _refused(path: str, changes: Sequence[Change], why: str, hint: str = "") -> UsageError:
    keys = ", ".join(".".join(key) for key, _ in changes)
    return UsageError(
        f"{path} was not changed: {why}.",
        hints=[hint] if hint else [],
        details={"path": path, "keys": keys},
    )
