"""What a server serves: one workspace with its resident sessions, apart from any protocol."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from vmgit.api.replays import abort_open
from vmgit.api.requests import FreshRunRequest, RunRequest
from vmgit.api.running import run_fresh, run_in
from vmgit.api.ticket import Ticket
from vmgit.api.workspace import Workspace
from vmgit.clock import wall_us
from vmgit.documents import ExecutionDocument
from vmgit.live import LiveSession
from vmgit.sessions import Sessions
from vmgit.workspace import Workspace as Parts

from .hub import Hub
from .queues import Queues
from .resident import MAX_LIVE, Resident
from .tickets import Given, Tickets

T = TypeVar("T")

#: Threads for what is done at once.
_AT_ONCE = 16


class Service:
    """A workspace that is served. Entering it takes the host lock, leaving it gives it back.

    `api` has the methods of the Python API, which wait in the calling thread; `run` gives a future
    instead, for callers that must not wait.
    """

    def __init__(self, parts: Parts, *, max_live: int = MAX_LIVE) -> None:
        self.parts = parts
        self.host = Resident(parts, max_live=max_live)
        self.api = Workspace(parts, self.host)
        self.tickets = Tickets()
        self.hub = Hub(lambda: parts.log)
        self.started_us = wall_us()
        # Replays and checks of the log take long and must not take the threads of the sessions.
        self._background = Queues(os.cpu_count() or 1, lambda _: None)
        self._at_once = Queues(_AT_ONCE, lambda _: None)

    def __enter__(self) -> Service:
        self.host.__enter__()
        abort_open(self.parts)
        self.parts.log.on_append(self.hub.tell)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def refuse(self) -> None:
        """Take no new work from now on."""
        for queues in (self.host.queues, self._background, self._at_once):
            queues.refuse()

    def close(self) -> None:
        """Wait for what runs, give the host lock back and close every file."""
        for ticket in self._background.tickets():
            ticket.cancel()
        self._background.close()
        self._at_once.close()
        self.host.close()
        self.parts.close()

    def run(
        self, session: str, request: RunRequest, ticket: Ticket, *, wait: bool = True
    ) -> Future[ExecutionDocument]:
        """Queue code in the session with this full id; see `api.sessions.Sessions.run`."""
        request.checked()
        answer = self.host.submit(
            session,
            lambda live: run_in(self.parts, live, request, ticket),
            wait=wait,
            ticket=ticket,
        )
        self.tickets.add(Given(ticket, session, answer))
        return answer

    def run_fresh(self, request: FreshRunRequest, ticket: Ticket) -> Future[ExecutionDocument]:
        """Run code in a fresh session, closed after; see `api.executions.Executions.run`."""
        request.checked()
        answer = self.host.submit_beside(
            lambda sessions: run_fresh(self.parts, sessions, request, ticket), ticket=ticket
        )
        self.tickets.add(Given(ticket, None, answer))
        return answer

    def in_session(
        self, session: str, work: Callable[[LiveSession], T], ticket: Ticket, *, wait: bool = True
    ) -> Future[T]:
        """Queue work on the session with this full id. Raises `BusyError` as `Queues.submit`."""
        answer = self.host.submit(session, work, wait=wait, ticket=ticket)
        self.tickets.add(Given(ticket, session, answer))
        return answer

    def beside(self, work: Callable[[Sessions], T], ticket: Ticket) -> Future[T]:
        """Run work that concerns no session yet."""
        answer = self.host.submit_beside(work, ticket=ticket)
        self.tickets.add(Given(ticket, None, answer))
        return answer

    def in_background(
        self, work: Callable[[], T], ticket: Ticket, *, session: str | None = None
    ) -> Future[T]:
        """Run work that takes long and changes no session; `session` is the one it is about."""
        answer = self._background.beside(work, ticket)
        self.tickets.add(Given(ticket, session, answer))
        return answer

    def at_once(self, work: Callable[[], T], ticket: Ticket) -> Future[T]:
        """Run work that must not wait behind anything, such as the cancelling of something else."""
        answer = self._at_once.beside(work, ticket)
        self.tickets.add(Given(ticket, None, answer))
        return answer

    def cancel(self, ticket: Ticket) -> bool:
        """Cancel what waits or runs. Returns False when it is done."""
        return self.host.queues.cancel(ticket)
