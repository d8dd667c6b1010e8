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

from .refreshing import refresh_document
from .requests import CreateRequest, ForkRequest, UndoRequest


def create_in(parts: Parts, sessions: Sessions, request: CreateRequest) -> SessionDocument:
    """Make a session and run its startup; see `api.sessions.Sessions.create`."""
    origin = parts.snapshot() if request.at is None else parts.at(request.at)
    live = sessions.create(request.profile, origin, name=request.name, pinned=request.at)
    return session_document(live.state)


def refresh_in(parts: Parts, live: LiveSession) -> RefreshDocument:
    """Bring a session up to date with what it follows; see `api.sessions.Sessions.refresh`."""
    return refresh_document(live.update(parts.origin_of(live.state)), live.state)


def fork_in(
    parts: Parts, sessions: Sessions, live: LiveSession, request: ForkRequest
) -> SessionDocument:
    """Make a session that goes on from this one; see `api.sessions.Sessions.fork`."""
    parts.require_place(live.state)
    return session_document(sessions.fork(live.state.id, name=request.name).state)


def undo_in(parts: Parts, live: LiveSession, request: UndoRequest) -> UndoDocument:
    """Go back to before the last executions; see `api.sessions.Sessions.undo`."""
    parts.require_place(live.state)
    return undo_document(live.state, live.undo(request.count))


def redo_in(parts: Parts, live: LiveSession) -> RedoDocument:
    """Bring back what the last undo took away; see `api.sessions.Sessions.redo`."""
    parts.require_place(live.state)
    return redo_document(live.state, live.redo())


def close_in(live: LiveSession, reason: str) -> SessionDocument:
    """Close a session for good; see `api.sessions.Sessions.close`."""
    live.close(reason)
    return session_document(live.state)
