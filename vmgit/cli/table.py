"""Writes rows as aligned columns: a styled header on a terminal, plain text in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

import click

from .streams import answer, one_line


def write_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their headers; on a terminal the last column is cut to the width."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [
        max(len(header), *(len(row[column]) for row in cells)) if cells else len(header)
        for column, header in enumerate(headers)
    ]
    terminal = sys.stdout.isatty()
    room = shutil.get_terminal_size().columns if terminal else 0
    answer(click.style(_line(headers, widths, room), bold=True))
    for row in cells:
        answer(_line(row, widths, room))


def _line(cells: Sequence[str], widths: Sequence[int], room: int) -> str:
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
    return line[: room - 1] + "…" if room and len(line) > room else line
