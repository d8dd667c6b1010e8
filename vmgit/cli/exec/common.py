"""What the commands on executions share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmgit.eventlog.rows import ExecutionRow


def shown_status(row: ExecutionRow) -> str:
    """Return the status of an execution as tables show it, with whether it was undone."""
    return f"{row.status}, undone" if row.undone else row.status
