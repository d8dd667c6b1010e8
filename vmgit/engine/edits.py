"""Edits of a source text that keep its lines, and the memory of how far they moved its columns.

The rewriter changes a program in many small places while positions in stack traces must still
point into the text the user wrote. Works on UTF-8 bytes, because both the parser and the engine
count columns in them. Knows nothing of JavaScript but its line ends.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE_END = re.compile(rb"(\r\n|[\n\r]|\xe2\x80[\xa8\xa9])")


class Shift(NamedTuple):
    """On `line` (from 1), columns (from 1, in bytes) from `column` on lie `delta` too far right."""

    line: int
    column: int
    delta: int


class Edits:
    """A set of edits of one text; outer wraps must be added before the wraps inside them."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, int, int, bytes]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text`, which holds as many line ends, in the place of the bytes start..end."""
        self._edits.append((start, 2, len(self._edits), end, text.encode()))

    def wrap(self, start: int, end: int, opening: str, closing: str) -> None:
        """Put `opening` before the byte `start` and `closing` before the byte `end`."""
        rank = len(self._edits)
        self._edits.append((start, 1, rank, start, opening.encode()))
        self._edits.append((end, 0, -rank, end, closing.encode()))

    def after(self, end: int, text: str) -> None:
        """Put `text` right after what ends at the byte `end`."""
        self._edits.append((end, 0, -len(self._edits), end, text.encode()))

    def __bool__(self) -> bool:
        return bool(self._edits)

    def apply(self, data: bytes) -> tuple[bytes, tuple[Shift, ...]]:
        """Return the edited text and its shifts, in order."""
        parts: list[bytes] = []
        shifts: list[Shift] = []
        done, line, old_column, new_column = 0, 1, 1, 1
        for start, _, _, end, text in sorted(self._edits):
            kept = data[done:start]
            for old, new in ((kept, kept), (data[start:end], text)):
                breaks, tail = _tail(old)
                line += breaks
                old_column = tail + 1 if breaks else old_column + tail
                new_column = _tail(new)[1] + 1 if breaks else new_column + _tail(new)[1]
            parts += (kept, text)
            done = end
            if new_column != old_column or (shifts and shifts[-1].line == line):
                shifts.append(Shift(line, new_column, new_column - old_column))
        parts.append(data[done:])
        return b"".join(parts), tuple(shifts)


def _tail(data: bytes) -> tuple[int, int]:
    """Return how many line ends `data` has and how many bytes follow the last one."""
    ends = [match.end() for match in _LINE_END.finditer(data)]
    return len(ends), len(data) - (ends[-1] if ends else 0)


def blank(data: bytes) -> bytes:
    """Return spaces for every byte of `data` that is no line end."""
    return b"".join(
        piece if index % 2 else b" " * len(piece)
        for index, piece in enumerate(_LINE_END.split(data))
    )
