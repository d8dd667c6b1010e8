"""The arguments that several routes have, with what the documentation says of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from .service import Service

#: The service of the server, which every route may ask for.
TheService = NamedDependency[Service]
TheRequest = Request[Any, Any, Any]

#: SQLite's largest integer, which no seq exceeds.
LAST = 2**63 - 1

ProfileName = Annotated[str, PathParameter(description="The name of a profile.")]
SessionName = Annotated[
    str,
    PathParameter(
        description="A session's name, its id or the beginning of that; `@` is the newest."
    ),
]
ExecutionName = Annotated[
    str,
    PathParameter(
        description="`SESSION.N`; a session for its last one; `@-1` for the one before the last."
    ),
]
TicketName = Annotated[str, PathParameter(description="The name of a ticket.")]
ReplayNumber = Annotated[int, PathParameter(description="The number of a replay.")]
Rev = Annotated[
    str | None,
    QueryParameter(description="A Git revision to read instead of the worktree, such as `HEAD~1`."),
]
Limit = Annotated[
    int, QueryParameter(ge=1, le=1_000_000, description="At most so many, the newest first.")
]
OfSession = Annotated[
    str | None,
    QueryParameter(name="session", description="A session's name, id or the beginning of its id."),
]
Wait = Annotated[
    bool,
    QueryParameter(description="With `false` the answer is a ticket, at once, with status 202."),
]
NoWait = Annotated[
    bool,
    QueryParameter(
        name="no_wait",
        description="With `true` a busy session is refused with 409 `session_busy`.",
    ),
]
SessionState = Literal["starting", "active", "crashed", "closed", "lost"]
Effective = Annotated[
    bool, QueryParameter(description="What a session runs with, not only what the file sets.")
]
OfStatus = Annotated[
    Literal["running", "ok", "error", "limit", "cancelled", "aborted"] | None,
    QueryParameter(name="status", description="Only those that ended so, or run."),
]
