"""`/journal`: care for the event log."""

from __future__ import annotations

from litestar import Response, get, post

from vmgit.api.ticket import Ticket
from vmgit.documents import VerificationDocument
from vmgit.documents.server import RebuiltDocument
from vmgit.server.answering import answer, reply
from vmgit.server.parameters import TheRequest, TheService, Wait
from vmgit.server.submitting import settled, submit


@get("/journal/verify", summary="Check the event log")
async def verify(service: TheService) -> Response[VerificationDocument]:
    """Check the hash chain of the whole log; `ok` is false where it is not as it was written."""
    ticket = Ticket()
    service.in_background(service.api.log.verify, ticket)
    return answer(await settled(service.tickets.get(ticket.id)))


@post("/journal/rebuild", status_code=200, summary="Compute the projections again")
async def rebuild(
    service: TheService, request: TheRequest, wait: Wait = True
) -> Response[RebuiltDocument]:
    """Compute the lists of sessions and executions again from the events, which stay untouched."""
    given = submit(
        service,
        request.scope["headers"],
        ("journal.rebuild",),
        None,
        lambda ticket: service.in_background(
            lambda: RebuiltDocument(service.parts.log.rebuild()), ticket
        ),
    )
    return await reply(service, given, wait=wait)


ROUTES = [verify, rebuild]
