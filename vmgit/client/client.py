"""`Client`: everything that `Workspace` can do, done by a server.

It has the same methods, arguments, documents and exceptions, so that a program need not know
which of the two it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from vmgit.errors import EnvironmentFailure
from vmgit.version import __version__

from .connection import Connection

if TYPE_CHECKING:
    from vmgit.documents import WorkspaceDocument
    from vmgit.replay.compare import ReplayDocument, Row
    from vmgit.serving.shape import Serving

    from .executions import Executions
    from .log import Log
    from .profiles import Profiles
    from .sessions import Sessions


class Client:
    """A workspace that a server serves. Use it as a context manager, or call `close`.

    `url` is `http://HOST:PORT` with the server's `token`, or anything together with the path of
    its unix socket, `socket`. `actor` is what the server's log names as the program that asked.
    """

    def __init__(
        self,
        url: str = "http://localhost",
        *,
        token: str | None = None,
        socket: Path | None = None,
        actor: str = "python",
    ) -> None:
        self._connection = Connection(url, uds=socket, token=token, agent=actor)
        self._root: Path | None = None

    @classmethod
    def of(cls, serving: Serving, state_dir: Path, *, actor: str = "python") -> Client:
        """Return a client of a running server that was found in `state_dir`.

        Raises `EnvironmentFailure` when it has another version or its socket is not safe.
        """
        if serving.version != __version__:
            raise EnvironmentFailure(
                f"the server, pid {serving.pid}, is vmgit {serving.version}; this is "
                f"{__version__}.",
                hints=["`vmgit serve stop`, then start it again."],
                details={"server": serving.version, "client": __version__},
                code="server_version",
            )
        socket = Path(serving.socket)
        if socket.parent != state_dir:
            from vmgit.serving.socket_path import check_owner

            check_owner(socket)
        client = cls(socket=socket, actor=actor)
        client._root = Path(serving.root)
        return client

    @cached_property
    def profiles(self) -> Profiles:
        """The profiles of the worktree, or of a revision."""
        from .profiles import Profiles

        return Profiles(self._connection)

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions: make, run in, refresh, close."""
        from .sessions import Sessions

        return Sessions(self._connection)

    @cached_property
    def executions(self) -> Executions:
        """What ran; and code that runs in a session of its own."""
        from .executions import Executions

        return Executions(self._connection)

    @cached_property
    def log(self) -> Log:
        """The events."""
        from .log import Log

        return Log(self._connection)

    @property
    def root(self) -> Path:
        """The workspace folder, where the server sees it."""
        if self._root is None:
            self._root = Path(self.status().workspace)
        return self._root

    def status(self) -> WorkspaceDocument:
        """Return HEAD, the open sessions and what would refresh them."""
        from vmgit.documents import WorkspaceDocument

        return self._connection.get("/workspace", WorkspaceDocument)

    def replay(
        self,
        session: str,
        *,
        at: Sequence[str] = (),
        on_row: Callable[[Row], None] | None = None,
    ) -> ReplayDocument:
        """Run a recorded session again and compare; nothing is written to it."""
        from vmgit.api.requests import ReplayRequest
        from vmgit.replay.compare import ReplayDocument

        body = ReplayRequest(session=session, at=tuple(at))
        document = self._connection.post("/replays", ReplayDocument, body)
        if on_row is not None:
            for row in document.executions:
                on_row(row)
        return document

    def close(self) -> None:
        """Close every connection; closing twice is fine."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
