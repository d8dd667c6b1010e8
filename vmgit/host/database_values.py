"""Statements and values on their way between JSON and SQLite, with the limits of a result.

It runs in the process that has a database open. What JavaScript's numbers cannot hold stands in a
small table: `{int}`, `{real}`, `{base64}`.
"""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

#: Rows of a result, and bytes of its values.
MOST_ROWS = 100_000
MOST_RESULT = 4 * 1024 * 1024
#: The largest integer that a number of JavaScript holds.
_SAFE = 2**53 - 1


class Refused(Exception):
    """A request that fails: a code and words for JavaScript."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def split(sql: str) -> list[str]:
    """Return the statements of a text, each with its semicolon."""
    found: list[str] = []
    start = end = 0
    while (end := sql.find(";", end) + 1) > 0:
        if sqlite3.complete_statement(sql[start:end]):
            found.append(sql[start:end])
            start = end
    rest = sql[start:]
    return [*found, rest] if rest.strip() or not found else found


def rows_of(cursor: sqlite3.Cursor, *, big: bool) -> list[list[Any]]:
    rows: list[list[Any]] = []
    size = 0
    for row in cursor:
        told = [told_value(value, big=big) for value in row]
        size += sum(map(_size, told)) + 8
        rows.append(told)
        if len(rows) > MOST_ROWS:
            raise Refused("EFBIG", f"more than {MOST_ROWS} rows")
        if size > MOST_RESULT:
            raise Refused("EFBIG", f"the rows hold more than {MOST_RESULT} bytes")
    return rows


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    return sum(map(len, value.values())) if isinstance(value, dict) else 8


def told_value(value: Any, *, big: bool) -> Any:
    """Return a value of SQLite as JSON: what JavaScript's numbers cannot be stands in a table."""
    if isinstance(value, int):
        return {"int": str(value)} if big or abs(value) > _SAFE else value
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return {"real": "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def bound(params: Any) -> Any:
    """Return the parameters of a statement as SQLite takes them."""
    if isinstance(params, dict):
        return {name: _given_value(value) for name, value in params.items()}
    return [_given_value(value) for value in params or ()]


def _given_value(value: Any) -> Any:
    match value:
        case {"int": text}:
            return int(text)
        case {"real": text}:
            return float(text)
        case {"base64": text}:
            return base64.b64decode(text)
    return value
