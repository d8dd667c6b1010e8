"""The documents of sessions: what they are, and what undoing came to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from vmgit.eventlog.rows import SessionRow
from vmgit.execution import Execution

if TYPE_CHECKING:
    # Showing an execution loads this too, and the fold takes longer than all documents.
    from vmgit.state import SessionState


class StartupDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One startup entry of a generation and the number of the execution that last ran it."""

    path: str
    mode: str
    execution: int


class ParentDocument(msgspec.Struct, frozen=True):
    """The session that a fork began as, and the place in that one's stream."""

    session: str
    name: str | None
    version: int


class SessionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session with what it was made from and what serves now.

    `executions` and `last_execution` are of its own; what a fork has from its parent is in
    `inherited` (how many). `undone` names the executions that do not count, `redoable` those of
    them that the next redo brings back.
    """

    session: str
    name: str | None
    profile: str
    status: str
    reason: str | None
    worktree: str
    prefix: str
    pinned: str | None
    ephemeral: bool
    created_us: int
    generation: int
    tree: str
    commit: str | None
    dirty: bool
    startup: tuple[StartupDocument, ...]
    executions: int
    last_execution: str | None
    parent: ParentDocument | None
    inherited: int
    undone: tuple[str, ...]
    redoable: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name that people use: the session's own, else its id."""
        return self.name or self.session


class UndoDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo came to: the executions that no longer count, and the one whose state serves.

    `back_to` is None where the session is as its generation began.
    """

    session: str
    undone: tuple[str, ...]
    back_to: str | None
    generation: int


class RedoDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What a redo came to: the executions that count again."""

    session: str
    redone: tuple[str, ...]
    generation: int


class SessionSummaryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session in a list, as the projections know it."""

    session: str
    name: str | None
    profile: str
    status: str
    reason: str | None
    worktree: str
    prefix: str
    pinned: str | None
    ephemeral: bool
    created_us: int
    updated_us: int
    generation: int
    executions: int
    last_execution: str | None
    parent: str | None
    parent_version: int | None


def session_summary(row: SessionRow) -> SessionSummaryDocument:
    """Return a session of the projections as its document."""
    fields = row._asdict()
    fields["session"], fields["status"] = fields.pop("id"), fields.pop("state")
    del fields["created_seq"]
    return SessionSummaryDocument(**fields)


def session_document(state: SessionState) -> SessionDocument:
    """Return a session as its document."""
    serving = state.serving
    origin = serving if serving is not None else state.created
    own, parent = state.own, state.parent
    redoable = state.redoable[-1] if state.redoable else ()
    return SessionDocument(
        session=state.id,
        name=state.created.name,
        profile=state.created.profile,
        status=state.status,
        reason=state.ended_reason or (state.failed.message if state.failed else None),
        worktree=state.worktree,
        prefix=state.created.prefix,
        pinned=state.created.pinned,
        ephemeral=state.created.ephemeral,
        created_us=state.created_us,
        generation=state.generation,
        tree=origin.tree,
        commit=origin.commit,
        dirty=origin.dirty,
        startup=tuple(
            StartupDocument(entry.path, entry.mode, entry.execution)
            for entry in (serving.startup if serving is not None else ())
        ),
        executions=len(own),
        last_execution=own[-1].id if own else None,
        parent=ParentDocument(parent.session, parent.name, parent.version) if parent else None,
        inherited=len(state.executions) - len(own),
        undone=tuple(state.executions[number].id for number in sorted(state.undone)),
        redoable=tuple(state.executions[step.number].id for step in redoable),
    )


def undo_document(state: SessionState, executions: Iterable[Execution]) -> UndoDocument:
    """Return what an undo of `executions` came to."""
    left = state.undoable
    return UndoDocument(
        session=state.id,
        undone=tuple(execution.id for execution in executions),
        back_to=left[-1].id if left else None,
        generation=state.generation,
    )


def redo_document(state: SessionState, executions: Iterable[Execution]) -> RedoDocument:
    """Return what a redo of `executions` came to."""
    redone = tuple(execution.id for execution in executions)
    return RedoDocument(session=state.id, redone=redone, generation=state.generation)
