"""`Client.executions`: what `api.executions` has, asked of a server."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from vmgit.api.requests import FreshRunRequest
from vmgit.api.ticket import Ticket
from vmgit.cancel import only_running
from vmgit.documents import (
    CancelledDocument,
    EventDocument,
    ExecutionDocument,
    ExecutionSummaryDocument,
)

from .asking import ask, segment
from .connection import Connection

#: The most rows that a server lists.
_ALL = 1_000_000


class Executions:
    """The executions of a workspace's repository; see `api.executions.Executions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(
        self,
        source: str | None = None,
        *,
        path: str | None = None,
        args: Sequence[str] = (),
        profile: str = "default",
        wait: bool = True,
        ticket: Ticket | None = None,
    ) -> ExecutionDocument:
        """Run code in a fresh session of `profile`, closed after; see `Sessions.run`."""
        body = FreshRunRequest(source=source, path=path, args=tuple(args), profile=profile)
        body.checked()
        return ask(self._connection, "/executions", ExecutionDocument, body, ticket)

    def list(
        self,
        *,
        session: str | None = None,
        status: str | None = None,
        limit: int | None = 50,
    ) -> builtins.list[ExecutionSummaryDocument]:
        """Return executions, newest first; `limit=None` for all of them."""
        most = _ALL if limit is None else max(limit, 1)
        parameters = {"session": session, "status": status, "limit": most}
        kind = builtins.list[ExecutionSummaryDocument]
        return self._connection.get("/executions", kind, parameters)[:limit]

    def get(self, execution: str) -> ExecutionDocument:
        """Return one execution with what it printed and how it ended. Raises `NotFoundError`."""
        return self._connection.get(f"/executions/{segment(execution)}", ExecutionDocument)

    def cancel(self, execution: str | None = None) -> CancelledDocument:
        """Stop an execution that runs, and wait until that is recorded; the only one by default."""
        if execution is None:
            execution = only_running([one.execution for one in self.list(status="running")])
        place = f"/executions/{segment(execution)}/cancel"
        return self._connection.post(place, CancelledDocument)

    def events(self, execution: str) -> builtins.list[EventDocument]:
        """Return the events of one execution, in order. Raises `NotFoundError`."""
        place = f"/executions/{segment(execution)}/events"
        return self._connection.get(place, builtins.list[EventDocument])
