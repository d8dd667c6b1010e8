"""Asks a server to run something, so that a ticket cancels it there.

The ticket's id is the idempotency key of the request and the name of the ticket at the server.
"""

from __future__ import annotations

import time
from typing import TypeVar
from urllib.parse import quote

import msgspec

from vmgit.api.ticket import Ticket

from .connection import Connection

T = TypeVar("T")

#: Seconds for which a request that is about to arrive is looked for when it is cancelled.
_ARRIVES = 2.0


def ask(
    connection: Connection,
    path: str,
    kind: type[T],
    body: msgspec.Struct | None,
    ticket: Ticket | None,
    *,
    wait: bool = True,
) -> T:
    """Post what `ticket` stands for and return the answer when it is there.

    Raises `CancelledError` when it was cancelled, `BusyError` when it would have to wait and
    `wait` is false, and what the server answers.
    """
    ticket = ticket or Ticket()
    ticket.begin()
    try:
        with ticket.stoppable(lambda: _cancel(connection, ticket.id)):
            return connection.post(
                path, kind, body, key=ticket.id, parameters={"no_wait": not wait}
            )
    finally:
        ticket.end()


def segment(text: str) -> str:
    """Return a name as one segment of a path."""
    return quote(text, safe="@")


def _cancel(connection: Connection, ticket: str) -> None:
    """Cancel at the server, over a second connection, while the first one waits."""
    deadline = time.monotonic() + _ARRIVES
    while not connection.delete_aside(f"/tickets/{segment(ticket)}"):
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)
