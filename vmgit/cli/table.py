"""Writes rows as aligned columns: a styled header on a terminal, plain text in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

import click

from .streams import answer, one_line


def write_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their headers; on a terminal lines are cut to its width."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(headers, *cells, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    answer(click.style(_line(headers, widths, room), bold=True))
    for row in cells:
        answer(_line(row, widths, room))


def _line(cells: Sequence[str], widths: Sequence[int], room: int) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    line = "  ".join(padded).rstrip()
    if not room or _width(line) <= room:
        return line
    while _width(line) >= room:
        # Each character takes two cells at most.
        line = line[: -max(1, (_width(line) - room) // 2)]
    return line + "…"


def _width(text: str) -> int:
    """Return how many cells of a terminal a line takes (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
