"""`/executions`: run code, and look at what ran."""

from __future__ import annotations

import asyncio

from litestar import Response, get, post
from litestar.params import JSONBody

from vmgit.api.requests import FreshRunRequest, RunRequest
from vmgit.documents import (
    CancelledDocument,
    EventDocument,
    ExecutionDocument,
    ExecutionSummaryDocument,
)
from vmgit.server.answering import reply
from vmgit.server.parameters import (
    ExecutionName,
    Limit,
    NoWait,
    OfSession,
    OfStatus,
    SessionName,
    TheRequest,
    TheService,
    Wait,
)
from vmgit.server.submitting import session_id, submit


@post("/sessions/{session:str}/executions", status_code=200, summary="Run code in a session")
async def run_in_session(
    service: TheService,
    request: TheRequest,
    session: SessionName,
    data: JSONBody[RunRequest],
    wait: Wait = True,
    no_wait: NoWait = False,
) -> Response[ExecutionDocument]:
    """Run `source`, or the file at the workspace path `path`, when the session's turn has come.

    The session is refreshed first where its source changed. That the code threw is told by the
    document, not by the status. A client that goes away does not lose its execution.
    """
    found = await session_id(service, session)
    given = submit(
        service,
        request.scope["headers"],
        ("run", found),
        data.checked(),
        lambda ticket: service.run(found, data, ticket, wait=not no_wait),
    )
    return await reply(service, given, wait=wait)


@get("/sessions/{session:str}/executions", sync_to_thread=True, summary="List a session's runs")
def list_of_session(
    service: TheService, session: SessionName, status: OfStatus = None, limit: Limit = 50
) -> list[ExecutionSummaryDocument]:
    """List the executions of one session, newest first."""
    return service.api.executions.list(session=session, status=status, limit=limit)


@post("/executions", status_code=200, summary="Run code in a fresh session")
async def run_fresh(
    service: TheService, request: TheRequest, data: JSONBody[FreshRunRequest], wait: Wait = True
) -> Response[ExecutionDocument]:
    """Run code in a fresh session of `profile`, which is closed after."""
    given = submit(
        service,
        request.scope["headers"],
        ("run",),
        data.checked(),
        lambda ticket: service.run_fresh(data, ticket),
    )
    return await reply(service, given, wait=wait)


@get("/executions", sync_to_thread=True, summary="List executions")
def list_executions(
    service: TheService,
    of_session: OfSession = None,
    status: OfStatus = None,
    limit: Limit = 50,
) -> list[ExecutionSummaryDocument]:
    """List executions, newest first."""
    return service.api.executions.list(session=of_session, status=status, limit=limit)


@get("/executions/{execution:str}", sync_to_thread=True, summary="Show an execution")
def get_execution(service: TheService, execution: ExecutionName) -> ExecutionDocument:
    """Show what an execution printed and how it ended. `SESSION.N` names one."""
    return service.api.executions.get(execution)


@get("/executions/{execution:str}/events", sync_to_thread=True, summary="Events of an execution")
def get_events(service: TheService, execution: ExecutionName) -> list[EventDocument]:
    """List the events of an execution, in order."""
    return service.api.executions.events(execution)


@post("/executions/{execution:str}/cancel", status_code=200, summary="Cancel an execution")
async def cancel_execution(
    service: TheService,
    request: TheRequest,
    execution: ExecutionName,
    wait: Wait = True,
) -> Response[CancelledDocument]:
    """Stop an execution that runs, and tell how it ended once that is recorded.

    What it did until then is recorded as cancelled; the session goes on as if it had not begun.
    """
    row = await asyncio.to_thread(service.parts.views.find_execution, execution)
    given = submit(
        service,
        request.scope["headers"],
        ("cancel", row.id),
        None,
        lambda ticket: service.at_once(lambda: service.api.executions.cancel(row.id), ticket),
    )
    return await reply(service, given, wait=wait)


ROUTES = [
    run_in_session,
    list_of_session,
    run_fresh,
    list_executions,
    get_execution,
    get_events,
    cancel_execution,
]
