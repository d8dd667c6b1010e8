"""`vmgit init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from .app import App, json_option, pass_app
from .streams import answer

_FILES = {
    "vmgit.toml": """\
# This folder is a vmgit workspace.
format = 1
""",
    "profiles/default.toml": """\
# What sessions may do and run. Every key is optional; see `vmgit profile show default --effective`.
description = "the default profile"
startup = ["startup/00-hello.js"]
""",
    "startup/00-hello.js": """\
// Runs when a session starts, and again in every live session when this file changes.
function hello(name = "world") {
  return `Hello, ${name}!`;
}
""",
}


@click.command(short_help="Make a folder a workspace.")
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
@json_option
@pass_app
def init(app: App, directory: Path | None) -> None:
    """Make DIRECTORY (default: here) a workspace, and a repository if it is in none.

    Writes what is absent and nothing else, so doing it twice changes nothing.
    """
    folder = (app.start / directory if directory is not None else app.start).resolve()
    made_repository = _ensure_repository(folder)
    written = [name for name, content in _FILES.items() if _write_absent(folder / name, content)]
    if app.json:
        app.emit({"folder": str(folder), "repository": made_repository, "written": written})
        return
    if made_repository:
        answer(f"made a Git repository in {folder}")
    for name in written:
        answer(f"wrote {name}")
    if not written:
        answer(f"{folder} is a workspace already; nothing was changed.")
        return
    there = "" if folder == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    answer(f"Next: {there}git add {' '.join(written)}")
    answer("Then: vmgit run -e 'hello()'")


def _ensure_repository(folder: Path) -> bool:
    """Return True when a repository had to be made. Raises `EnvironmentFailure`."""
    from vmgit.errors import EnvironmentFailure
    from vmgit.git.discovery import find_repository

    try:
        find_repository(folder)
    except EnvironmentFailure as error:
        if error.kind != "not_a_repository":
            raise
    else:
        return False
    from vmgit.git.environment import run_git

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(f"{folder} cannot be made: {error.strerror}.") from error
    run_git(["init", "--quiet"], cwd=folder)
    return True


def _write_absent(path: Path, content: str) -> bool:
    """Write a file that is not there; return whether it was written."""
    from vmgit.errors import EnvironmentFailure

    if path.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise EnvironmentFailure(f"{path} cannot be written: {error.strerror}.") from error
    return True
