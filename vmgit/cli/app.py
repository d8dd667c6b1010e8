"""What every command shares: where it works, how it opens the workspace, its JSON document.

With `--json`, stdout holds exactly one document, also when the command fails. How anything is
written is the business of `streams`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from vmgit.errors import UsageError

from .streams import answer, waiting, warning

if TYPE_CHECKING:
    from vmgit.api.workspace import Workspace as Api
    from vmgit.client.client import Client
    from vmgit.engine.process import WorkerRealm
    from vmgit.git.discovery import WorkspacePaths
    from vmgit.serving.shape import Serving
    from vmgit.workspace import Workspace

    #: A workspace that this process works on itself, or that a server serves.
    AnyWorkspace: TypeAlias = Api | Client

F = TypeVar("F", bound=Callable[..., Any])


class App:
    """The state of one invocation: `-C` folder, whether JSON was asked for, what was answered."""

    def __init__(self, *, ending: bool = False) -> None:
        self.start = Path()
        self.json = False
        self.answered = False
        #: It goes on until Ctrl-C, which is then no failure to be told.
        self.endless = False
        #: Even where a server runs, work in this process.
        self.no_server = False
        #: The process ends with this command, by `main`.
        self.ending = ending

    def open(
        self,
        command: str,
        *,
        worker: WorkerRealm | None = None,
        template: bool = False,
        reading: bool = False,
    ) -> Workspace:
        """Open the workspace; `command` is what the log names as the actor.

        With `reading`, a log of a newer vmgit is read, with a warning, and none is made.
        """
        from vmgit.workspace import Workspace

        return Workspace.open(
            self.start,
            actor=command,
            worker=worker,
            template=template,
            ending=self.ending,
            on_newer=warning if reading else None,
        )

    def connect(self, command: str, *, runs: bool = False, reading: bool = False) -> AnyWorkspace:
        """Return the workspace to act on sessions with: a running server's, else one's own.

        `command` is what the log names as the actor; with `runs`, a worker is started ahead where
        no server will do the work. Raises `BusyError` when something is to run and the sessions
        are served for another worktree or folder, or `--no-server` was said; `reading`: see `open`.
        """
        from vmgit.git.discovery import find_workspace

        paths = find_workspace(self.start)
        serving = self._serving(paths)
        if serving is not None:
            if not self.no_server and serving.serves(paths.worktree_name, paths.prefix):
                return self._client(command, serving, paths)
            if runs:
                from vmgit.serving.record import served_elsewhere, served_here

                here = serving.serves(paths.worktree_name, paths.prefix)
                raise served_here(serving) if here else served_elsewhere(serving)
        worker = None
        if runs:
            # It boots while this process imports what it needs itself.
            from vmgit.engine.process import WorkerRealm

            worker = WorkerRealm.spawn()
        parts = self.open(command, worker=worker, reading=reading)
        from vmgit.api.host import InlineHost
        from vmgit.api.workspace import Workspace as Api

        return Api(parts, InlineHost(parts, on_wait=waiting))

    def _serving(self, paths: WorkspacePaths) -> Serving | None:
        """Return the server of the repository, started where `vmgit.toml` wants one."""
        from vmgit.serving.record import find_server

        found = find_server(paths.state_dir)
        if found is None and not self.no_server:
            from vmgit.serving.wanted import wants_server

            if wants_server(paths.root):
                from .autostart import autostart

                return autostart(paths)
        return found

    def _client(self, command: str, serving: Serving, paths: WorkspacePaths) -> Client:
        # httpx's own command line, which it imports for everybody, takes as long as the rest of it.
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        from vmgit.client.client import Client

        return Client.of(serving, paths.state_dir, actor=command)

    def emit(self, document: Any) -> None:
        """Write the JSON document that answers the command."""
        self.answered = True
        # Bytes, so that no locale changes what programs read.
        answer(json_bytes(document, indent=2))

    def emit_line(self, document: Any) -> None:
        """Write one document of many as a line, at once; whoever reads the pipe waits for it."""
        self.answered = True
        answer(json_bytes(document))


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


def json_bytes(document: Any, *, indent: int = 0) -> bytes:
    """Return a document as JSON; a lone surrogate, which UTF-8 cannot hold, as its escape."""
    import msgspec

    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(document), indent=indent or None).encode("ascii")
    return msgspec.json.format(data, indent=indent) if indent else data


def utf8(text: str, what: str) -> str:
    """Return `text` from the command line. Raises `UsageError` when the log cannot hold it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} is not UTF-8: character {error.start + 1}.") from None
    return text
