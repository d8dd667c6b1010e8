"""`Workspace.sessions`: make, find, run in, refresh and close sessions."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import TypeVar

from vmgit.documents import (
    ExecutionDocument,
    RedoDocument,
    RefreshDocument,
    SessionDocument,
    SessionSummaryDocument,
    UndoDocument,
    session_document,
    session_summary,
)
from vmgit.eventlog.rows import OPEN_STATES, SessionRow
from vmgit.history import read_session
from vmgit.live import LiveSession
from vmgit.workspace import Workspace as Parts

from .host import Host
from .requests import CloseRequest, CreateRequest, ForkRequest, UndoRequest, run_request
from .running import run_in
from .session_work import close_in, create_in, fork_in, redo_in, refresh_in, undo_in
from .ticket import Ticket

T = TypeVar("T")


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
        request = CreateRequest(profile=profile, name=name, at=at).checked()
        asked = ticket or Ticket()
        return self._host.beside(
            lambda sessions: create_in(self._parts, sessions, request, asked),
            wait=wait,
            ticket=asked,
        )

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
        return self._in_turn(
            session,
            lambda live, asked: run_in(self._parts, live, request, asked),
            wait,
            ticket,
        )

    def refresh(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RefreshDocument:
        """Bring a session up to date with what it follows, as every `run` does first."""
        return self._in_turn(session, lambda live, _: refresh_in(self._parts, live), wait, ticket)

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
        request = ForkRequest(name=name).checked()
        return self._in_turn(
            session,
            lambda live, asked: fork_in(self._parts, self._host.sessions, live, request, asked),
            wait,
            ticket,
        )

    def undo(
        self, session: str, count: int = 1, *, wait: bool = True, ticket: Ticket | None = None
    ) -> UndoDocument:
        """Go back to before the last `count` executions of a session.

        Those that ended by themselves count, throws included. Raises `RefusedError` when so many
        cannot be undone: an undo does not cross a refresh.
        """
        request = UndoRequest(count=count).checked()
        return self._in_turn(
            session, lambda live, asked: undo_in(self._parts, live, request, asked), wait, ticket
        )

    def redo(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RedoDocument:
        """Bring back what the last undo took away. Raises `RefusedError` when there is none."""
        return self._in_turn(
            session, lambda live, asked: redo_in(self._parts, live, asked), wait, ticket
        )

    def close(
        self,
        session: str,
        reason: str = "",
        *,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Close a session for good; its log stays. Raises `RefusedError` when it has ended."""
        request = CloseRequest(reason=reason)
        return self._in_turn(
            session, lambda live, asked: close_in(self._parts, live, request, asked), wait, ticket
        )

    def _in_turn(
        self,
        session: str,
        work: Callable[[LiveSession, Ticket], T],
        wait: bool,
        ticket: Ticket | None,
    ) -> T:
        """Do `work` on a session when its turn has come."""
        asked = ticket or Ticket()
        return self._host.in_session(
            self._find(session).id, lambda live: work(live, asked), wait=wait, ticket=asked
        )

    def _find(self, session: str) -> SessionRow:
        return self._parts.views.find_session(session)
