"""Tables: aligned in a pipe, cut to the width of a terminal."""

from __future__ import annotations

import re

from workspaces import Folder

from .terminal import seen


def test_columns_are_aligned_and_whole_in_a_pipe(shared: Folder) -> None:
    shared.fine("run", "-e", "1 // " + "long " * 60)
    lines = shared.fine("exec", "list").out.splitlines()
    start = lines[0].index("CODE")
    assert lines[1][start:].startswith("1 // long")
    assert lines[2][start:] == "startup/00-base.js"
    assert lines[0] == lines[0].rstrip()


def test_lines_are_cut_to_the_terminal(shared: Folder) -> None:
    shared.fine("run", "-e", "2 // " + "long " * 60)
    shared.fine("run", "-e", "3 // " + "你好" * 60)
    for columns in (60, 100):
        shown = seen(["exec", "list"], shared.root, columns=columns)
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.splitlines()]
        cut = [_cells(line) for line in lines if line.endswith("…")]
        # A wide character that does not fit leaves one cell empty.
        assert len(cut) >= 2
        assert set(cut) <= {columns, columns - 1}
        assert max(map(_cells, lines)) == columns


def _cells(line: str) -> int:
    """How many cells of a terminal a line takes."""
    return len(line) + sum("一" <= char <= "鿿" for char in line)
