"""`Workspace`: everything that vmgit can do with one workspace, for Python programs.

It is a thin face over the parts (`vmgit.workspace`): plain values in, documents out. `Client` has
the same methods and asks a server. An object may be used by several threads at once; embedding it
changes neither signal handlers, nor the working directory, nor logging.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from vmgit.workspace import Workspace as Parts

from .host import Host, InlineHost

if TYPE_CHECKING:
    from vmgit.documents import WorkspaceDocument
    from vmgit.replay.compare import ReplayDocument, Row

    from .executions import Executions
    from .log import Log
    from .profiles import Profiles
    from .replays import Replays
    from .sessions import Sessions


class Workspace:
    """An open workspace. Use it as a context manager, or call `close`.

    `profiles`, `sessions`, `executions`, `replays` and `log` hold the methods; `host` decides who
    runs sessions (default: the calling thread, under the host lock).
    """

    def __init__(self, parts: Parts, host: Host | None = None) -> None:
        self._parts = parts
        self._host = host or InlineHost(parts)

    # Each is loaded when it is first used: a short command pays for what it needs.

    @cached_property
    def profiles(self) -> Profiles:
        """The profiles of the worktree, or of a revision."""
        from .profiles import Profiles

        return Profiles(self._parts)

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions: make, run in, refresh, close."""
        from .sessions import Sessions

        return Sessions(self._parts, self._host)

    @cached_property
    def executions(self) -> Executions:
        """What ran; and code that runs in a session of its own."""
        from .executions import Executions

        return Executions(self._parts, self._host)

    @cached_property
    def log(self) -> Log:
        """The events."""
        from .log import Log

        return Log(self._parts)

    @cached_property
    def replays(self) -> Replays:
        """The replays that are recorded."""
        from .replays import Replays

        return Replays(self._parts, self._host)

    @property
    def root(self) -> Path:
        """The workspace folder."""
        return self._parts.paths.root

    def status(self) -> WorkspaceDocument:
        """Return HEAD, the open sessions and what would refresh them."""
        from .status import workspace_document

        return workspace_document(self._parts)

    def replay(
        self,
        session: str,
        *,
        at: Sequence[str] = (),
        on_row: Callable[[Row], None] | None = None,
    ) -> ReplayDocument:
        """Run a recorded session again and compare; nothing is written to it.

        On the recorded trees, or on those of each revision in `at`. `on_row` is called with each
        verdict as it is known. Raises `NotFoundError` for an unknown session or revision.
        """
        from .replaying import Replay

        return Replay(self._parts, session, at).document(on_row=on_row)

    def close(self) -> None:
        """End every heap and close every file; closing twice is fine."""
        self._parts.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
