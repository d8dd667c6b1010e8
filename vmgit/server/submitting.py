"""How a POST becomes work: its idempotency key, its ticket, whether to wait for the answer.

A key names one wish: while that waits or runs, and after, the same request with the same key is
given the same answer and runs nothing. It must be called from the event loop's thread only, which
is what makes looking up a key and taking it one step.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any
from urllib.parse import quote

import msgspec

from vmgit.api.asking import MismatchError
from vmgit.api.ticket import Ticket
from vmgit.documents.server import FailureDocument, TicketDocument
from vmgit.errors import UsageError, VmgitError

from .responses import error_answer
from .service import Service
from .tickets import Given

_KEY = re.compile(rb"[\x20-\x7e]{1,255}")

#: Queues the work that a ticket stands for, and returns the future of its answer.
Start = Callable[[Ticket], Future[Any]]


def submit(
    service: Service,
    headers: Iterable[tuple[bytes, bytes]],
    what: tuple[str, ...],
    request: msgspec.Struct | None,
    start: Start,
) -> Given:
    """Start what a request asks for, unless its idempotency key says that it was started before.

    `what` names the operation and its target, `request` its body. Raises `UsageError` for a key
    that is none, `MismatchError` for one of another wish, and what `start` raises.
    """
    key = idempotency_key(headers)
    asked = digest(what, request) if key is not None else ""
    if key is not None:
        given = service.tickets.find(key)
        if given is not None and not _may_run_again(given):
            if given.ticket.asked != asked:
                raise MismatchError(
                    f"the idempotency key {key!r} belongs to another request.",
                    hints=["A key is for one request and its retries: take a new one."],
                    details={"key": key},
                )
            return given
    ticket = Ticket(key, asked)
    start(ticket)
    return service.tickets.get(ticket.id)


async def session_id(service: Service, session: str) -> str:
    """Return the whole id of a session. Raises `NotFoundError` or `UsageError`."""
    if service.host.is_warm(session):
        return session
    return (await asyncio.to_thread(service.parts.views.find_session, session)).id


async def settled(given: Given) -> Any:
    """Return the answer of a ticket when it is there, or raise the error that it is.

    A client that goes away does not take it along.
    """
    return await asyncio.shield(asyncio.wrap_future(given.answer))


def idempotency_key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return a request's `Idempotency-Key`. Raises `UsageError` for what is none."""
    keys = [value for name, value in headers if name == b"idempotency-key"]
    if not keys:
        return None
    if len(keys) > 1 or _KEY.fullmatch(keys[0]) is None:
        raise UsageError(
            "Idempotency-Key must be 1 to 255 printable ASCII characters.", code="idempotency_key"
        )
    return keys[0].decode("ascii")


def digest(what: tuple[str, ...], request: msgspec.Struct | None) -> str:
    """Return what tells one wish from another, 64 hex digits."""
    return hashlib.sha256(msgspec.json.encode((what, request))).hexdigest()


def location_of(ticket: Ticket) -> str:
    """Return the address of a ticket."""
    return f"/api/v1/tickets/{quote(ticket.id, safe='')}"


def ticket_document(service: Service, given: Given) -> TicketDocument:
    """Return a ticket as its document."""
    ticket, answer = given.ticket, given.answer
    document = TicketDocument(
        ticket=ticket.id,
        session=given.session,
        state="done" if answer.done() else ticket.state if ticket.state != "done" else "running",
        position=None if answer.done() else service.host.queues.position(ticket),
        waiting_us=ticket.waited_us,
        execution=ticket.execution,
    )
    if not answer.done():
        return document
    error = answer.exception()
    if error is None:
        return msgspec.structs.replace(document, answer=answer.result())
    failure = msgspec.convert(error_answer(error)[1]["error"], FailureDocument)
    return msgspec.structs.replace(document, error=failure)


def _may_run_again(given: Given) -> bool:
    """Whether a wish failed for reasons of the surroundings, before anything ran.

    A retry exists for exactly that: it is not given the failure again. Nor does a key belong to a
    wish that was refused because it belongs to another one, as the log knows.
    """
    if not given.answer.done() or given.ticket.execution is not None:
        return False
    error = given.answer.exception()
    if not isinstance(error, VmgitError):
        return error is not None
    return error.http_status >= 500 or isinstance(error, MismatchError)
