"""Answers a request with an idempotency key once, however often it is sent.

The key is in the log, written together with the event that answers it (`request.accepted`), so
this holds across a crash and for every program that uses the repository. The caller has the
session's turn, or the host lock, so that nobody answers the same key at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from vmgit.acting import Answer, Asked, acting
from vmgit.canonical import canonical_digest
from vmgit.documents import (
    ExecutionDocument,
    RedoDocument,
    SessionDocument,
    UndoDocument,
    execution_document,
    session_document,
)
from vmgit.errors import RefusedError, VmgitError
from vmgit.eventlog.rows import AskedRow
from vmgit.events.registry import decode
from vmgit.events.session import Redone, Undone
from vmgit.execution import fold_execution
from vmgit.history import read_session
from vmgit.workspace import Workspace as Parts

from .ticket import Ticket

T = TypeVar("T")


class MismatchError(RefusedError):
    """An idempotency key was used again for something else."""

    code = "idempotency_mismatch"


def once(
    parts: Parts,
    ticket: Ticket,
    asked_for: object,
    answer: Answer,
    work: Callable[[], T],
    remembered: Callable[[Parts, AskedRow], T],
) -> T:
    """Return what `work` gives, or what it gave when the ticket's key was answered before.

    `asked_for` is all that makes the request this one, as JSON values; `answer` the kind of event
    that answers it; `remembered` makes the document again from the log. Raises `MismatchError`
    when the key was used for something else, and what `work` raises.
    """
    if ticket.key is None:
        return work()
    digest = canonical_digest(msgspec.to_builtins(asked_for))
    known = parts.views.asked(ticket.key)
    if known is None:
        with acting(asked=Asked(ticket.key, digest, answer)):
            return work()
    if known.digest != digest:
        raise MismatchError(
            f"the idempotency key {ticket.key!r} was used for another request before.",
            hints=["A new request needs a new key."],
            details={"key": ticket.key},
        )
    return remembered(parts, known)


def remembered_execution(parts: Parts, known: AskedRow) -> ExecutionDocument:
    """Return the execution that answered a request, as it is in the log now."""
    row = parts.views.find_execution(known.execution or "")
    return execution_document(fold_execution(parts.events_of(row)), undone=row.undone)


def remembered_session(parts: Parts, known: AskedRow) -> SessionDocument:
    """Return the session that answered a request, as it is now."""
    return session_document(read_session(parts.log, known.stream))


def remembered_undo(parts: Parts, known: AskedRow) -> UndoDocument:
    """Return what the undo came to that answered a request."""
    state = read_session(parts.log, known.stream)
    undone = _payload(parts, known, Undone)
    back_to = undone.back_to
    return UndoDocument(
        session=known.stream,
        undone=tuple(state.executions[number].id for number in undone.executions),
        back_to=state.executions[back_to].id if back_to is not None else None,
        generation=state.generation,
    )


def remembered_redo(parts: Parts, known: AskedRow) -> RedoDocument:
    """Return what the redo came to that answered a request."""
    state = read_session(parts.log, known.stream)
    redone = _payload(parts, known, Redone)
    return RedoDocument(
        session=known.stream,
        redone=tuple(state.executions[number].id for number in redone.executions),
        generation=state.generation,
    )


P = TypeVar("P", bound=msgspec.Struct)


def _payload(parts: Parts, known: AskedRow, kind: type[P]) -> P:
    """Return the payload of the event that answered a request: the one before its own row."""
    event = parts.log.event(known.seq - 1)
    payload = decode(event) if event is not None else None
    if not isinstance(payload, kind):
        raise VmgitError(
            f"event {known.seq - 1} does not answer the request of event {known.seq}.",
            hints=["`vmgit journal verify` tells whether the log is as it was written."],
        )
    return payload
