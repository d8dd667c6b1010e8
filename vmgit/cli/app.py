"""What every command shares: where it works, how it opens the workspace, how it answers.

Answers go to stdout, everything else to stderr. With `--json`, stdout holds exactly one document,
also when the command fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vmgit.errors import UsageError

if TYPE_CHECKING:
    from vmgit.engine.process import WorkerRealm
    from vmgit.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class App:
    """The state of one invocation: `-C` folder, whether JSON was asked for, what was answered."""

    start: Path = Path()
    json: bool = False
    answered: bool = False

    def open(
        self, command: str, *, worker: WorkerRealm | None = None, template: bool = False
    ) -> Workspace:
        """Open the workspace; `command` is what the log names as the actor."""
        from vmgit.workspace import Workspace

        return Workspace.open(self.start, actor=command, worker=worker, template=template)

    def emit(self, document: Any) -> None:
        """Write the JSON document that answers the command."""
        import msgspec

        self.answered = True
        data = msgspec.json.format(msgspec.json.encode(document), indent=2)
        click.echo(data.decode("utf-8"))

    def workspace_path(self, typed: str, root: Path) -> str:
        """Return the workspace path of a file that was typed relative to the `-C` folder.

        Raises `UsageError` when it lies outside the workspace.
        """
        # normpath, not resolve: a tracked symlink is named, not what it points at.
        absolute = Path(os.path.normpath(self.start.resolve() / typed))
        if not absolute.is_relative_to(root):
            raise UsageError(f"{typed} is outside the workspace {root}.", details={"path": typed})
        return absolute.relative_to(root).as_posix()


pass_app = click.make_pass_decorator(App, ensure=True)


def json_option(command: F) -> F:
    """Add `--json`, which is known before any argument is checked, so that errors follow it."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
        if value:
            ctx.ensure_object(App).json = True
        return value

    option = click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=remember,
        help="Write one JSON document to stdout.",
    )
    return option(command)


def note(message: str) -> None:
    """Tell the person something that is not the answer."""
    click.echo(message, err=True)


def hint(message: str) -> None:
    """Tell the person what to do next."""
    click.echo(click.style("hint: ", fg="cyan") + message, err=True)


def waiting(holder: str) -> None:
    """Say that another process holds the sessions and that this one queues."""
    note(f"waiting for {holder} ...")


def colour_wanted() -> bool | None:
    """Return False where colour must not be used, None where the stream decides."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return None


def interactive() -> bool:
    """Return True when a person watches stderr, so that progress may be shown."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
