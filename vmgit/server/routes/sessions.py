"""`/sessions`: make, find, refresh and close sessions."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import Parameter

from vmgit.api.requests import CloseRequest, CreateRequest
from vmgit.api.session_work import close_in, create_in, refresh_in
from vmgit.documents import RefreshDocument, SessionDocument, SessionSummaryDocument
from vmgit.server.answering import reply
from vmgit.server.parameters import NoWait, SessionState, Wait
from vmgit.server.service import Service
from vmgit.server.submitting import session_id, submit

_STATES = Parameter(query="state", description="Those in this state; may be given several times.")
_ALL = Parameter(query="all", description="Also those that have ended.")


@get("/sessions", sync_to_thread=True, summary="List sessions")
def list_sessions(
    service: Service,
    states: Annotated[list[SessionState] | None, _STATES] = None,
    everything: Annotated[bool, _ALL] = False,
) -> list[SessionSummaryDocument]:
    """List sessions, newest first: the open ones, those in `state`, or `all`."""
    return service.api.sessions.list(state=states, everything=everything)


@post("/sessions", status_code=201, summary="Make a session")
async def create_session(
    service: Service, request: Request[Any, Any, Any], data: CreateRequest, wait: Wait = True
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
            lambda sessions: create_in(service.parts, sessions, data), ticket
        ),
    )
    return await reply(service, given, wait=wait, status=201, location=_location)


@get("/sessions/{session:str}", sync_to_thread=True, summary="Show a session")
def get_session(service: Service, session: str) -> SessionDocument:
    """Show a session: what it was made from, what serves now, its executions."""
    return service.api.sessions.get(session)


@post("/sessions/{session:str}/refresh", status_code=200, summary="Refresh a session")
async def refresh_session(
    service: Service,
    request: Request[Any, Any, Any],
    session: str,
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[RefreshDocument]:
    """Bring a session up to date with what it follows, as every execution does first."""
    found = await session_id(service, session)
    given = submit(
        service,
        request.scope["headers"],
        ("session.refresh", found),
        None,
        lambda ticket: service.in_session(
            found, lambda live: refresh_in(service.parts, live), ticket, wait=not no_wait
        ),
    )
    return await reply(service, given, wait=wait)


@post("/sessions/{session:str}/close", status_code=200, summary="Close a session")
async def close_session(
    service: Service,
    request: Request[Any, Any, Any],
    session: str,
    data: CloseRequest,
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[SessionDocument]:
    """Close a session for good; its log stays and can be replayed."""
    found = await session_id(service, session)
    given = submit(
        service,
        request.scope["headers"],
        ("session.close", found),
        data,
        lambda ticket: service.in_session(
            found, lambda live: close_in(live, data.reason), ticket, wait=not no_wait
        ),
    )
    return await reply(service, given, wait=wait)


def _location(session: SessionDocument) -> str:
    return f"/api/v1/sessions/{session.session}"


ROUTES = [list_sessions, create_session, get_session, refresh_session, close_session]
