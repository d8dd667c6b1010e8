"""What the commands on executions share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmgit.eventlog.rows import ExecutionRow
    from vmgit.events.envelope import StoredEvent
    from vmgit.workspace import Workspace


def events_of(workspace: Workspace, row: ExecutionRow) -> list[StoredEvent]:
    """Return the events of an execution, in order, reading no more of the log than they span."""
    return workspace.log.read(
        stream=row.session, execution=row.id, after=row.start_seq - 1, upto=row.end_seq
    )


def shown_status(row: ExecutionRow) -> str:
    """Return the status of an execution as tables show it, with whether it was undone."""
    return f"{row.status}, undone" if row.undone else row.status
