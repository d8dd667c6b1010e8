"""`Workspace.executions`: what ran, and code that runs in a session of its own."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from vmgit.cancel import cancel
from vmgit.documents import (
    CancelledDocument,
    EventDocument,
    ExecutionDocument,
    ExecutionSummaryDocument,
    event_document,
    execution_document,
    execution_summary,
)
from vmgit.eventlog.rows import ExecutionRow
from vmgit.execution import fold_execution
from vmgit.workspace import Workspace as Parts

from .host import Host
from .requests import FreshRunRequest
from .running import run_fresh
from .ticket import Ticket


class Executions:
    """The executions of a workspace's repository.

    `execution` is anything that names one: `SESSION.N`, a session for its last one, `@-1` for the
    one before the last of all.
    """

    def __init__(self, parts: Parts, host: Host) -> None:
        self._parts = parts
        self._host = host

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
        request = FreshRunRequest(source=source, path=path, args=tuple(args), profile=profile)
        request.checked()
        ticket = ticket or Ticket()
        return self._host.beside(
            lambda sessions: run_fresh(self._parts, sessions, request, ticket),
            wait=wait,
            ticket=ticket,
        )

    def list(
        self,
        *,
        session: str | None = None,
        status: str | None = None,
        limit: int | None = 50,
    ) -> builtins.list[ExecutionSummaryDocument]:
        """Return executions, newest first; `limit=None` for all of them."""
        views = self._parts.views
        only = views.find_session(session).id if session is not None else None
        rows = views.executions(only, limit=limit, status=status)
        return [execution_summary(row) for row in rows]

    def get(self, execution: str) -> ExecutionDocument:
        """Return one execution with what it printed and how it ended. Raises `NotFoundError`."""
        row = self._find(execution)
        one = fold_execution(self._parts.events_of(row))
        return execution_document(one, undone=row.undone)

    def events(self, execution: str) -> builtins.list[EventDocument]:
        """Return the events of one execution, in order. Raises `NotFoundError`."""
        found = self._parts.events_of(self._find(execution))
        return [event_document(event) for event in found]

    def cancel(self, execution: str | None = None) -> CancelledDocument:
        """Stop an execution that runs, in whatever process, and wait until that is recorded.

        Without `execution`, the only one that runs. Raises `UsageError` when it is not clear which,
        `RefusedError` when it ended in another way, and `BusyError` when its host does not answer.
        """
        return cancel(self._parts, execution)

    def _find(self, execution: str) -> ExecutionRow:
        return self._parts.views.find_execution(execution)
