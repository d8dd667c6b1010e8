"""What is done to a session when its turn has come, apart from who waits for the turn.

`Sessions` waits in the calling thread; the server queues the same work and waits for nothing.
"""

from __future__ import annotations

from vmgit.documents import (
    RedoDocument,
    RefreshDocument,
    SessionDocument,
    UndoDocument,
    redo_document,
    session_document,
    undo_document,
)
from vmgit.live import LiveSession
from vmgit.sessions import Sessions
from vmgit.workspace import Workspace as Parts

from .asking import once, remembered_redo, remembered_session, remembered_undo
from .refreshing import refresh_document
from .requests import CloseRequest, CreateRequest, ForkRequest, UndoRequest
from .ticket import Ticket


def create_in(
    parts: Parts, sessions: Sessions, request: CreateRequest, ticket: Ticket
) -> SessionDocument:
    """Make a session and run its startup; see `api.sessions.Sessions.create`."""

    def make() -> SessionDocument:
        origin = parts.snapshot() if request.at is None else parts.at(request.at)
        live = sessions.create(request.profile, origin, name=request.name, pinned=request.at)
        return session_document(live.state)

    return once(parts, ticket, ["create", request], "session", make, remembered_session)


def refresh_in(parts: Parts, live: LiveSession) -> RefreshDocument:
    """Bring a session up to date with what it follows; see `api.sessions.Sessions.refresh`.

    Doing it twice is no harm: the second time nothing is due.
    """
    return refresh_document(live.update(parts.origin_of(live.state)), live.state)


def fork_in(
    parts: Parts, sessions: Sessions, live: LiveSession, request: ForkRequest, ticket: Ticket
) -> SessionDocument:
    """Make a session that goes on from this one; see `api.sessions.Sessions.fork`."""

    def make() -> SessionDocument:
        parts.require_place(live.state)
        return session_document(sessions.fork(live.state.id, name=request.name).state)

    asked_for = ["fork", request, live.state.id]
    return once(parts, ticket, asked_for, "session", make, remembered_session)


def undo_in(parts: Parts, live: LiveSession, request: UndoRequest, ticket: Ticket) -> UndoDocument:
    """Go back to before the last executions; see `api.sessions.Sessions.undo`."""

    def undo() -> UndoDocument:
        parts.require_place(live.state)
        return undo_document(live.state, live.undo(request.count))

    return once(parts, ticket, ["undo", request, live.state.id], "change", undo, remembered_undo)


def redo_in(parts: Parts, live: LiveSession, ticket: Ticket) -> RedoDocument:
    """Bring back what the last undo took away; see `api.sessions.Sessions.redo`."""

    def redo() -> RedoDocument:
        parts.require_place(live.state)
        return redo_document(live.state, live.redo())

    return once(parts, ticket, ["redo", live.state.id], "change", redo, remembered_redo)


def close_in(
    parts: Parts, live: LiveSession, request: CloseRequest, ticket: Ticket
) -> SessionDocument:
    """Close a session for good; see `api.sessions.Sessions.close`."""

    def close() -> SessionDocument:
        live.close(request.reason)
        return session_document(live.state)

    asked_for = ["close", request, live.state.id]
    return once(parts, ticket, asked_for, "change", close, remembered_session)
