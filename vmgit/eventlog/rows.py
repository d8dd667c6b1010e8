"""The rows of the projections: what is known at once about a session and an execution.

The fields are columns of the tables `session` and `execution` of `schema/`. Pure data: how they are
read is for `views`, how they come about for `projection`. Named tuples, because commands that only
list need not load msgspec.
"""

from __future__ import annotations

from typing import Any, NamedTuple

#: The states of sessions that may still run something.
OPEN_STATES = ("starting", "active", "crashed")


class SessionRow(NamedTuple):
    """A session as the projections know it; times are microseconds since the epoch.

    `executions` counts its own, not those of the session `parent` that it was forked from.
    """

    id: str
    name: str | None
    profile: str
    worktree: str
    prefix: str
    state: str
    generation: int
    executions: int
    created_seq: int
    created_us: int
    updated_us: int
    last_execution: str | None
    pinned: str | None
    ephemeral: bool
    reason: str | None
    parent: str | None
    parent_version: int | None

    @property
    def label(self) -> str:
        """The name that people use: the session's own, else its id."""
        return self.name or self.id

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> SessionRow:
        """Return the session of a row that has the columns in this order."""
        made = cls(*row)
        return made._replace(ephemeral=bool(made.ephemeral))


class ExecutionRow(NamedTuple):
    """An execution as the projections know it; `end_seq` is None while it runs.

    `undone` is what its own session did; a fork may have undone it for itself alone.
    """

    session: str
    number: int
    kind: str
    status: str
    path: str | None
    blob: str
    code_preview: str
    tree: str
    commit_oid: str | None
    dirty: bool
    generation: int
    started_us: int
    duration_us: int | None
    digest: str | None
    start_seq: int
    end_seq: int | None
    undone: bool

    @property
    def id(self) -> str:
        """Its name, `SESSION.N`."""
        return f"{self.session}.{self.number}"

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> ExecutionRow:
        """Return the execution of a row that has the columns in this order."""
        made = cls(*row)
        return made._replace(dirty=bool(made.dirty), undone=bool(made.undone))
