"""`Client.sessions`: what `api.sessions` has, asked of a server."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from vmgit.api.requests import (
    CloseRequest,
    CreateRequest,
    ForkRequest,
    UndoRequest,
    run_request,
)
from vmgit.api.ticket import Ticket
from vmgit.documents import (
    ExecutionDocument,
    RedoDocument,
    RefreshDocument,
    SessionDocument,
    SessionSummaryDocument,
    UndoDocument,
)

from .asking import ask, segment
from .connection import Connection


class Sessions:
    """The sessions of a workspace's repository; see `api.sessions.Sessions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        profile: str = "default",
        *,
        name: str | None = None,
        at: str | None = None,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Make a session and run its startup; its status is `crashed` when that fails."""
        body = CreateRequest(profile=profile, name=name, at=at).checked()
        return ask(self._connection, "/sessions", SessionDocument, body, ticket)

    def list(
        self, *, state: str | Sequence[str] | None = None, everything: bool = False
    ) -> builtins.list[SessionSummaryDocument]:
        """Return sessions, newest first: open ones, those in `state`, or `everything`."""
        states = [state] if isinstance(state, str) else list(state or ())
        parameters = {"state": states or None, "all": everything}
        kind = builtins.list[SessionSummaryDocument]
        return self._connection.get("/sessions", kind, parameters)

    def get(self, session: str) -> SessionDocument:
        """Return one session. Raises `NotFoundError`, or `UsageError` for an ambiguous id."""
        return self._connection.get(f"/sessions/{segment(session)}", SessionDocument)

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
        """Run `source`, or the file at the workspace path `path`, in a session."""
        body = run_request(source, path, args)
        place = f"/sessions/{segment(session)}/executions"
        return ask(self._connection, place, ExecutionDocument, body, ticket, wait=wait)

    def refresh(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RefreshDocument:
        """Bring a session up to date with what it follows, as every `run` does first."""
        place = f"/sessions/{segment(session)}/refresh"
        return ask(self._connection, place, RefreshDocument, None, ticket, wait=wait)

    def fork(
        self,
        session: str,
        *,
        name: str | None = None,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Make a session that goes on from what `session` is now; the two share nothing after."""
        place = f"/sessions/{segment(session)}/fork"
        body = ForkRequest(name=name).checked()
        return ask(self._connection, place, SessionDocument, body, ticket, wait=wait)

    def undo(
        self, session: str, count: int = 1, *, wait: bool = True, ticket: Ticket | None = None
    ) -> UndoDocument:
        """Go back to before the last `count` executions of a session."""
        place = f"/sessions/{segment(session)}/undo"
        body = UndoRequest(count=count).checked()
        return ask(self._connection, place, UndoDocument, body, ticket, wait=wait)

    def redo(
        self, session: str, *, wait: bool = True, ticket: Ticket | None = None
    ) -> RedoDocument:
        """Bring back what the last undo took away. Raises `RefusedError` when there is none."""
        place = f"/sessions/{segment(session)}/redo"
        return ask(self._connection, place, RedoDocument, None, ticket, wait=wait)

    def close(
        self,
        session: str,
        reason: str = "",
        *,
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> SessionDocument:
        """Close a session for good; its log stays. Raises `RefusedError` when it has ended."""
        place = f"/sessions/{segment(session)}/close"
        body = CloseRequest(reason=reason)
        return ask(self._connection, place, SessionDocument, body, ticket, wait=wait)
