"""Whole commands as a person starts them, against a click hello and against `pre-commit --version`.

`make bench` installs vmgit into a virtual environment of its own, without extras, as a user has
it; the peers are in the other one, installed by pip likewise.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Row, compare

_BIN = Path(sys.executable).parent
_VMGIT = _BIN.parent.with_name(_BIN.parent.name + "-user") / "bin" / "vmgit"
_HELLO = '''\
import click


@click.command()
def hello() -> None:
    """Say hello."""
    click.echo("hello")


hello()
'''
#: A log of some size, so that listing has something to list.
_EXECUTIONS = 50


def measure() -> list[Row]:
    """Return the figures of the command line."""
    if not _VMGIT.exists():
        raise SystemExit(f"there is no {_VMGIT}: run `make bench`")
    with tempfile.TemporaryDirectory(prefix="vmgit-bench-") as temporary:
        folder = Path(temporary)
        hello = folder / "hello.py"
        hello.write_text(_HELLO)
        workspace = _workspace(folder / "workspace")
        pre_commit = _command(folder, _BIN / "pre-commit", "--version")
        rows = [
            compare(
                "vmgit --help",
                1.15,
                _command(folder, _VMGIT, "--help"),
                _command(folder, sys.executable, hello, "--help"),
                "click hello --help",
                blocks=20,
            )
        ]
        commands = {
            ("log",): 0.5,
            ("session", "list"): 0.5,
            ("exec", "show", "s.20"): 0.5,
            ("run", "-e", "1+1"): 1.2,
        }
        rows += [
            compare(
                f"vmgit {' '.join(arguments)}",
                limit,
                _command(workspace, _VMGIT, *arguments),
                pre_commit,
                "pre-commit --version",
                blocks=20,
            )
            for arguments, limit in commands.items()
        ]
    return rows


def _command(folder: Path, *command: str | Path) -> Callable[[], object]:
    """Return a call that runs a command to its end, reading what it prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return lambda: subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=True
    )


def _workspace(folder: Path) -> Path:
    """Make a committed workspace with a session `s` that has run a little."""
    from vmgit.code import prompt_code
    from vmgit.limits import Limits
    from vmgit.workspace import Workspace

    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    _command(folder.parent, _VMGIT, "init", folder)()
    _command(folder, "git", "add", ".")()
    _command(folder, "git", *identity, "commit", "--quiet", "-m", "workspace")()
    with Workspace.open(folder) as workspace, workspace.hosting() as sessions:
        origin = workspace.snapshot()
        live = sessions.create("default", origin, name="s")
        for number in range(_EXECUTIONS):
            live.execute(prompt_code(f"console.log({number}); {number}", Limits()), origin)
    return folder
