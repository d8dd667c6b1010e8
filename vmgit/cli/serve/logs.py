"""`vmgit serve logs`."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import BinaryIO

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, one_line
from vmgit.errors import EnvironmentFailure

#: How often `-f` looks for new lines, seconds.
_POLL = 0.1


@click.command(short_help="Show the log of a detached server.")
@click.option(
    "-n",
    "count",
    metavar="N",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="The last N lines.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until Ctrl-C.")
@json_option
@pass_app
def logs(app: App, count: int, follow: bool) -> None:
    """Show the last lines of the log of the detached server, also when it runs no more.

    With --json and -f, each line is one line of JSON.
    """
    from vmgit.git.discovery import find_workspace
    from vmgit.serving.start import LOG

    app.endless = follow
    path = find_workspace(app.start).state_dir / LOG
    file = _opened(path)
    if file is None:
        raise EnvironmentFailure(
            f"there is no log {path}: no detached server has run here.",
            hints=["A server in the foreground logs to its terminal."],
            details={"path": str(path)},
        )
    with file:
        lines = [_text(line) for line in deque(file, maxlen=count)]
        if app.json and not follow:
            app.emit({"lines": lines})
            return
        for line in lines:
            _show(app, line)
        if follow:
            _follow(app, path, file)


def _follow(app: App, path: Path, file: BinaryIO) -> None:
    """Show the lines that come, in the file that takes its place too when it is full."""
    rest = b""
    while True:
        *lines, rest = (rest + file.read()).split(b"\n")
        for line in lines:
            _show(app, _text(line))
        later = None if _is(path, file) else _opened(path)
        if later is None:
            time.sleep(_POLL)
            continue
        for line in file:
            _show(app, _text(line))
        file.close()
        file = later


def _show(app: App, line: str) -> None:
    if app.json:
        app.emit_line({"line": line})
    else:
        answer(line)


def _text(line: bytes) -> str:
    return one_line(line.decode("utf-8", "replace").rstrip("\n"))


def _is(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return True


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
