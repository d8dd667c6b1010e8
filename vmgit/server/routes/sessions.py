"""`/sessions`: make, find, refresh, fork, undo and close sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from vmgit.api.requests import CloseRequest, CreateRequest, ForkRequest, UndoRequest
from vmgit.api.session_work import close_in, create_in, fork_in, redo_in, refresh_in, undo_in
from vmgit.api.ticket import Ticket
from vmgit.documents import (
    RedoDocument,
    RefreshDocument,
    SessionDocument,
    SessionSummaryDocument,
    UndoDocument,
)
from vmgit.live import LiveSession
from vmgit.server.answering import reply
from vmgit.server.parameters import NoWait, SessionName, SessionState, TheRequest, TheService, Wait
from vmgit.server.service import Service
from vmgit.server.submitting import session_id, submit
from vmgit.server.tickets import Given

_STATES = QueryParameter(
    name="state", description="Those in this state; may be given several times."
)
_ALL = QueryParameter(name="all", description="Also those that have ended.")


class _Turn(NamedTuple):
    """What is asked of a session, to be done when its turn has come."""

    request: TheRequest
    session: str
    what: str
    body: msgspec.Struct | None
    no_wait: bool

    async def submit(self, service: Service, work: Callable[[LiveSession, Ticket], Any]) -> Given:
        """Queue `work` for it; see `submitting.submit`."""
        found = await session_id(service, self.session)
        return submit(
            service,
            self.request.scope["headers"],
            (self.what, found),
            self.body,
            lambda ticket: service.in_session(
                found, lambda live: work(live, ticket), ticket, wait=not self.no_wait
            ),
        )


@get("/sessions", sync_to_thread=True, summary="List sessions")
def list_sessions(
    service: TheService,
    states: Annotated[list[SessionState] | None, _STATES] = None,
    everything: Annotated[bool, _ALL] = False,
) -> list[SessionSummaryDocument]:
    """List sessions, newest first: the open ones, those in `state`, or `all`."""
    return service.api.sessions.list(state=states, everything=everything)


@post("/sessions", status_code=201, summary="Make a session")
async def create_session(
    service: TheService, request: TheRequest, data: JSONBody[CreateRequest], wait: Wait = True
) -> Response[SessionDocument]:
    """Make a session and run its startup; its status is `crashed` when that fails.

    `at` pins it to a revision. Nothing is recorded when the profile is bad, its grants are not
    trusted, or the name is taken.
    """
    given = submit(
        service,
        request.scope["headers"],
        ("session.create",),
        data.checked(),
        lambda ticket: service.beside(
            lambda sessions: create_in(service.parts, sessions, data, ticket), ticket
        ),
    )
    return await reply(service, given, wait=wait, status=201, location=_location)


@get("/sessions/{session:str}", sync_to_thread=True, summary="Show a session")
def get_session(service: TheService, session: SessionName) -> SessionDocument:
    """Show a session: what it was made from, what serves now, its executions."""
    return service.api.sessions.get(session)


@post("/sessions/{session:str}/refresh", status_code=200, summary="Refresh a session")
async def refresh_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[RefreshDocument]:
    """Bring a session up to date with what it follows, as every execution does first."""
    asked = _Turn(request, session, "session.refresh", None, no_wait)
    given = await asked.submit(service, lambda live, _: refresh_in(service.parts, live))
    return await reply(service, given, wait=wait)


@post("/sessions/{session:str}/fork", status_code=201, summary="Fork a session")
async def fork_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    data: JSONBody[ForkRequest],
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[SessionDocument]:
    """Make a session that goes on from what this one is now; the two share nothing after."""
    sessions = service.host.sessions
    asked = _Turn(request, session, "session.fork", data.checked(), no_wait)
    given = await asked.submit(
        service, lambda live, ticket: fork_in(service.parts, sessions, live, data, ticket)
    )
    return await reply(service, given, wait=wait, status=201, location=_location)


@post("/sessions/{session:str}/undo", status_code=200, summary="Undo executions")
async def undo_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    data: JSONBody[UndoRequest],
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[UndoDocument]:
    """Go back to before the last `count` executions, throws included; not past a refresh."""
    asked = _Turn(request, session, "session.undo", data.checked(), no_wait)
    given = await asked.submit(
        service, lambda live, ticket: undo_in(service.parts, live, data, ticket)
    )
    return await reply(service, given, wait=wait)


@post("/sessions/{session:str}/redo", status_code=200, summary="Redo what was undone")
async def redo_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[RedoDocument]:
    """Bring back what the last undo took away."""
    asked = _Turn(request, session, "session.redo", None, no_wait)
    given = await asked.submit(service, lambda live, ticket: redo_in(service.parts, live, ticket))
    return await reply(service, given, wait=wait)


@post("/sessions/{session:str}/close", status_code=200, summary="Close a session")
async def close_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    data: JSONBody[CloseRequest],
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[SessionDocument]:
    """Close a session for good; its log stays and can be replayed."""
    asked = _Turn(request, session, "session.close", data, no_wait)
    given = await asked.submit(
        service, lambda live, ticket: close_in(service.parts, live, data, ticket)
    )
    return await reply(service, given, wait=wait)


def _location(session: SessionDocument) -> str:
    return f"/api/v1/sessions/{session.session}"


ROUTES = [
    list_sessions,
    create_session,
    get_session,
    refresh_session,
    fork_session,
    undo_session,
    redo_session,
    close_session,
]
