"""The JSON shapes that `--json`, the Python API and REST give and take.

One place, so that a field has one name and one unit everywhere. Pure: documents are built from
the fold of events, never from the live heap. A field that may be UNSET is left out where it says
nothing; every other one is always there.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from .eventlog.rows import ExecutionRow, SessionRow
from .events.envelope import StoredEvent
from .execution import Execution
from .outcome import ConsoleLine, LimitHit, Value
from .state import SessionState


class ConsoleDocument(msgspec.Struct, frozen=True):
    """One console call: its level and its formatted text."""

    level: str
    text: str


class ErrorDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A thrown value; `code` says which refusal of the host it was, such as `denied`."""

    name: str
    message: str
    stack: str = ""
    code: str | UnsetType = UNSET


class CancelledDocument(msgspec.Struct, frozen=True):
    """An execution that was stopped: its name, its session, and the status that it ended with."""

    execution: str
    session: str
    status: str


class RefreshDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What bringing a session up to date came to.

    `result` is `none`, `ready`, `refreshed`, `failed`, `still_failing` or `reported`;
    `generation` is the one that serves afterwards (0: none does).
    """

    result: str
    generation: int
    mode: str | None = None
    changed: tuple[str, ...] = ()
    message: str | None = None
    duration_us: int = 0


class RestoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """How the outcomes of a rebuild compared with the recorded ones: `equal` of `total`."""

    equal: int
    total: int
    first_difference: str | None = None


class ExecutionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An execution as in `vmgit run --json`; `duration_us` is 0 while it has no end.

    `refresh` and `restored` are there where the call that ran it also refreshed or rebuilt the
    session.
    """

    execution: str
    session: str
    kind: str
    status: str
    path: str | None
    blob: str
    args: tuple[str, ...]
    console: tuple[ConsoleDocument, ...]
    value: Value | None
    tree: str
    commit: str | None
    dirty: bool
    generation: int
    started_us: int
    duration_us: int
    digest: str | None
    error: ErrorDocument | UnsetType = UNSET
    limit: LimitHit | UnsetType = UNSET
    aborted: str | UnsetType = UNSET
    refresh: RefreshDocument | UnsetType = UNSET
    restored: RestoredDocument | UnsetType = UNSET


class StartupDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One startup entry of a generation and the number of the execution that last ran it."""

    path: str
    mode: str
    execution: int


class SessionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session with what it was made from and what serves now."""

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

    @property
    def label(self) -> str:
        """The name that people use: the session's own, else its id."""
        return self.name or self.session


class EventDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log with its payload as JSON; `time_us` is wall time since the epoch."""

    seq: int
    stream: str
    version: int
    type: str
    schema: int
    time_us: int
    execution: str | None
    actor: str
    worktree: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


class VerificationDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What checking the log's chain found: `events` good rows, `head` the hash of the last."""

    ok: bool
    events: int
    head: str
    first_broken: int | None
    reason: str | None


class ProfileSummaryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A profile in a list; one that is bad has only its name and its `error`."""

    profile: str
    description: str | UnsetType = UNSET
    refresh: str | UnsetType = UNSET
    startup: tuple[str, ...] | UnsetType = UNSET
    files: int | UnsetType = UNSET
    error: str | UnsetType = UNSET


class ProfileDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A profile: the file it stands in, those it extends, and its settings as TOML has them.

    `digest` is that of the effective profile, 64 hex digits.
    """

    profile: str
    path: str
    chain: tuple[str, ...]
    digest: str
    settings: dict[str, Any]


class ProfileCheckDocument(msgspec.Struct, frozen=True):
    """What is wrong with a profile: each error has `message` and, where known, `file`, `line`,
    `column`, `key` and `hint`.
    """

    profile: str
    errors: tuple[dict[str, Any], ...]


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


class ExecutionSummaryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An execution in a list; `code` is its path, or the first line of what was typed."""

    execution: str
    session: str
    number: int
    kind: str
    status: str
    path: str | None
    blob: str
    code: str
    tree: str
    commit: str | None
    dirty: bool
    generation: int
    started_us: int
    duration_us: int | None
    digest: str | None


class PendingSessionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session in `status`: `pending` names what would refresh it, None where that is not known
    here, because it follows another worktree.
    """

    session: str
    name: str | None
    profile: str
    status: str
    reason: str | None
    generation: int
    pinned: str | None
    worktree: str
    last_execution: str | None
    pending: tuple[str, ...] | None


class WorkspaceDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as `vmgit status` shows it; `host` and `watch` are who does that, if anybody."""

    workspace: str
    worktree: str
    head: str | None
    branch: str | None
    state: str
    tree: str
    dirty: bool
    host: str | None
    watch: str | None
    versions: dict[str, str]
    sessions: tuple[PendingSessionDocument, ...]


def session_summary(row: SessionRow) -> SessionSummaryDocument:
    """Return a session of the projections as its document."""
    fields = row._asdict()
    fields["session"], fields["status"] = fields.pop("id"), fields.pop("state")
    del fields["created_seq"]
    return SessionSummaryDocument(**fields)


def execution_summary(row: ExecutionRow) -> ExecutionSummaryDocument:
    """Return an execution of the projections as its document."""
    fields = row._asdict()
    fields["code"], fields["commit"] = fields.pop("code_preview"), fields.pop("commit_oid")
    del fields["start_seq"], fields["end_seq"]
    return ExecutionSummaryDocument(execution=row.id, **fields)


def execution_document(
    execution: Execution,
    *,
    refresh: RefreshDocument | UnsetType = UNSET,
    restored: RestoredDocument | UnsetType = UNSET,
) -> ExecutionDocument:
    """Return an execution as its document."""
    started, finished = execution.started, execution.finished
    error: ErrorDocument | UnsetType = UNSET
    if finished is not None and finished.error is not None:
        fault = finished.error
        error = ErrorDocument(fault.name, fault.message, fault.stack, fault.code or UNSET)
    return ExecutionDocument(
        execution=execution.id,
        session=execution.session,
        kind=started.kind,
        status=execution.status,
        path=started.path,
        blob=started.blob,
        args=started.args,
        console=tuple(
            ConsoleDocument(line.level, line.text)
            for line in execution.trace
            if isinstance(line, ConsoleLine)
        ),
        value=finished.value if finished is not None else None,
        tree=started.tree,
        commit=started.commit,
        dirty=started.dirty,
        generation=started.generation,
        started_us=execution.time_us,
        duration_us=finished.duration_us if finished is not None else 0,
        digest=finished.digest if finished is not None else None,
        error=error,
        limit=execution.limit if execution.limit is not None else UNSET,
        aborted=execution.aborted if execution.aborted is not None else UNSET,
        refresh=refresh,
        restored=restored,
    )


def session_document(state: SessionState) -> SessionDocument:
    """Return a session as its document."""
    serving = state.serving
    origin = serving if serving is not None else state.created
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
        executions=len(state.executions),
        last_execution=f"{state.id}.{max(state.executions)}" if state.executions else None,
    )


def event_document(event: StoredEvent) -> EventDocument:
    """Return a row of the log as its document."""
    fields = event._asdict()
    fields["payload"] = msgspec.json.decode(event.payload)
    return EventDocument(**fields)
