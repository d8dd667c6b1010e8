"""`/tickets`: what waits or runs, and what became of it."""

from __future__ import annotations

from typing import Any

from litestar import Response, delete, get

from vmgit.documents.server import TicketDocument
from vmgit.errors import BusyError
from vmgit.server.answering import answer
from vmgit.server.parameters import TheService, TicketName
from vmgit.server.submitting import ticket_document


class DoneError(BusyError):
    """There is nothing left to cancel."""

    code = "not_running"


@get("/tickets/{ticket:str}", sync_to_thread=False, summary="Show a ticket")
def get_ticket(service: TheService, ticket: TicketName) -> Response[TicketDocument]:
    """Tell whether a request waits or runs, or its answer. The last 1000 that are done are known.

    Its name is in the answer to `wait=false`; that of a request with an `Idempotency-Key` is the
    key.
    """
    return answer(ticket_document(service, service.tickets.get(ticket)))


@delete("/tickets/{ticket:str}", status_code=202, sync_to_thread=True, summary="Cancel a ticket")
def cancel_ticket(service: TheService, ticket: TicketName) -> Response[TicketDocument]:
    """Cancel what waits or runs. What ran until then is recorded as cancelled."""
    given = service.tickets.get(ticket)
    if given.answer.done() or not service.cancel(given.ticket):
        raise DoneError(
            f"ticket {ticket!r} is done: there is nothing to cancel.", details={"ticket": ticket}
        )
    return answer(ticket_document(service, given), 202)


ROUTES: list[Any] = [get_ticket, cancel_ticket]
