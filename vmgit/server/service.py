"""What a server serves: one workspace with its resident sessions, apart from any protocol."""

from __future__ import annotations

from concurrent.futures import Future

from vmgit.api.requests import FreshRunRequest, RunRequest
from vmgit.api.running import run_fresh, run_in
from vmgit.api.ticket import Ticket
from vmgit.api.workspace import Workspace
from vmgit.documents import ExecutionDocument
from vmgit.workspace import Workspace as Parts

from .resident import MAX_LIVE, Resident
from .tickets import Given, Tickets


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

    def __enter__(self) -> Service:
        self.host.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for what runs, give the host lock back and close every file."""
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
