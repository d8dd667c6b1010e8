"""`Workspace.sessions`: make, find, run in, refresh and close sessions."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from vmgit.documents import (
    ExecutionDocument,
    RedoDocument,
    RefreshDocument,
    SessionDocument,
    SessionSummaryDocument,
    UndoDocument,
    redo_document,
    session_document,
    session_summary,
    undo_document,
)
from vmgit.errors import UsageError
from vmgit.eventlog.rows import OPEN_STATES, SessionRow
from vmgit.history import read_session
from vmgit.live import LiveSession
from vmgit.sessions import Sessions as LiveSessions
from vmgit.workspace import Workspace as Parts

from .host import Host
from .refreshing import refresh_document
from .requests import CreateRequest, check_name, run_request
from .running import run_in
from .ticket import Ticket


class Sessions:
    """The sessions of a workspace's repository.

    `session` is always anything that names one: a name, an id or its beginning, `@` for the
    latest. Methods that need the session itself wait for their turn, unless `wait` is false:
    they raise `BusyError` then.
    """

    def __init__(self, parts: Parts, host: Host) -> None:
        self._parts = parts
        self._host = host

    def create(
        self,
        profile: str = "default",
        *,
        name: str | None = None,
        at: str | None = None,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Make a session and run its startup; its status is `crashed` when that fails.

        `at` pins it to a revision. Raises `VmgitError`, with nothing recorded, when the profile is
        bad, its grants are not trusted, or the name is taken or none.
        """
        request = CreateRequest(profile=profile, name=check_name(name), at=at)

        def work(sessions: LiveSessions) -> SessionDocument:
            origin = self._parts.snapshot() if at is None else self._parts.at(at)
            live = sessions.create(request.profile, origin, name=request.name, pinned=request.at)
            return session_document(live.state)

        return self._host.beside(work, wait=wait, ticket=ticket or Ticket())

    def list(
        self, *, state: str | Sequence[str] | None = None, everything: bool = False
    ) -> builtins.list[SessionSummaryDocument]:
        """Return sessions, newest first: open ones, those in `state`, or `everything`."""
        states = state if state is not None or everything else OPEN_STATES
        return [session_summary(row) for row in self._parts.views.sessions(state=states)]

    def get(self, session: str) -> SessionDocument:
        """Return one session. Raises `NotFoundError`, or `UsageError` for an ambiguous id."""
        row = self._find(session)
        return session_document(read_session(self._parts.log, row.id))

    def run(
        self,
        session: str,
        source: str | None = None,
        *,
        path: str | None = None,
        args: Sequence[str] = (),
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> ExecutionDocument:
        """Run `source`, or the file at the workspace path `path`, in a session.

        `args` reach it as `vmgit.args`. The session is refreshed first where its source changed.
        Raises `VmgitError` when it cannot run; that it threw is told by the document.
        """
        request = run_request(source, path, args)
        ticket = ticket or Ticket()
        return self._host.in_session(
            self._find(session).id,
            lambda live: run_in(self._parts, live, request, ticket),
            wait=wait,
            ticket=ticket,
        )

    def refresh(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RefreshDocument:
        """Bring a session up to date with what it follows, as every `run` does first."""

        def work(live: LiveSession) -> RefreshDocument:
            return refresh_document(live.update(self._parts.origin_of(live.state)), live.state)

        row = self._find(session)
        return self._host.in_session(row.id, work, wait=wait, ticket=ticket or Ticket())

    def fork(
        self,
        session: str,
        *,
        name: str | None = None,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Make a session that goes on from what `session` is now; the two share nothing after.

        Raises `RefusedError` when there is nothing to go on from and `UsageError` for a name that
        is taken or none.
        """
        check_name(name)
        row = self._find(session)

        def work(live: LiveSession) -> SessionDocument:
            self._parts.require_place(live.state)
            return session_document(self._host.sessions.fork(row.id, name=name).state)

        return self._host.in_session(row.id, work, wait=wait, ticket=ticket or Ticket())

    def undo(
        self, session: str, count: int = 1, *, wait: bool = True, ticket: Ticket | None = None
    ) -> UndoDocument:
        """Go back to before the last `count` executions of a session.

        Those that ended by themselves count, throws included. Raises `RefusedError` when so many
        cannot be undone: an undo does not cross a refresh.
        """
        if count < 1:
            raise UsageError(f"{count} executions cannot be undone: give 1 or more.")

        def work(live: LiveSession) -> UndoDocument:
            self._parts.require_place(live.state)
            return undo_document(live.state, live.undo(count))

        row = self._find(session)
        return self._host.in_session(row.id, work, wait=wait, ticket=ticket or Ticket())

    def redo(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RedoDocument:
        """Bring back what the last undo took away. Raises `RefusedError` when there is none."""

        def work(live: LiveSession) -> RedoDocument:
            self._parts.require_place(live.state)
            return redo_document(live.state, live.redo())

        row = self._find(session)
        return self._host.in_session(row.id, work, wait=wait, ticket=ticket or Ticket())

    def close(
        self,
        session: str,
        reason: str = "",
        *,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Close a session for good; its log stays. Raises `RefusedError` when it has ended."""

        def work(live: LiveSession) -> SessionDocument:
            live.close(reason)
            return session_document(live.state)

        row = self._find(session)
        return self._host.in_session(row.id, work, wait=wait, ticket=ticket or Ticket())

    def _find(self, session: str) -> SessionRow:
        return self._parts.views.find_session(session)
