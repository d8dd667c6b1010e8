"""The query parameters that several routes have, with what the documentation says of them."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar.params import Parameter

#: SQLite's largest integer, which no seq exceeds.
LAST = 2**63 - 1

Rev = Annotated[
    str | None,
    Parameter(description="A Git revision to read instead of the worktree, such as `HEAD~1`."),
]
Limit = Annotated[
    int, Parameter(ge=1, le=1_000_000, description="At most so many, the newest first.")
]
OfSession = Annotated[
    str | None,
    Parameter(query="session", description="A session's name, id or the beginning of its id."),
]
Wait = Annotated[
    bool, Parameter(description="With `false` the answer is a ticket, at once, with status 202.")
]
NoWait = Annotated[
    bool,
    Parameter(
        query="no_wait",
        description="With `true` a busy session is refused with 409 `session_busy`.",
    ),
]
SessionState = Literal["starting", "active", "crashed", "closed", "lost"]
ExecutionStatus = Literal["running", "ok", "error", "limit", "cancelled", "aborted"]
