"""The documents of executions: what ran, and what came of it."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from vmgit.eventlog.rows import ExecutionRow
from vmgit.execution import Execution
from vmgit.outcome import ConsoleLine, LimitHit, Value


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

    `undone` says whether its session has undone it; `refresh` and `restored` are there where the
    call that ran it also refreshed or rebuilt the session.
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
    undone: bool
    error: ErrorDocument | UnsetType = UNSET
    limit: LimitHit | UnsetType = UNSET
    aborted: str | UnsetType = UNSET
    refresh: RefreshDocument | UnsetType = UNSET
    restored: RestoredDocument | UnsetType = UNSET


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
    undone: bool


def execution_summary(row: ExecutionRow) -> ExecutionSummaryDocument:
    """Return an execution of the projections as its document."""
    fields = row._asdict()
    fields["code"], fields["commit"] = fields.pop("code_preview"), fields.pop("commit_oid")
    del fields["start_seq"], fields["end_seq"]
    return ExecutionSummaryDocument(execution=row.id, **fields)


def execution_document(
    execution: Execution,
    *,
    undone: bool = False,
    refresh: RefreshDocument | UnsetType = UNSET,
    restored: RestoredDocument | UnsetType = UNSET,
) -> ExecutionDocument:
    """Return an execution as its document; its own events do not tell whether it was undone."""
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
        undone=undone,
        error=error,
        limit=execution.limit if execution.limit is not None else UNSET,
        aborted=execution.aborted if execution.aborted is not None else UNSET,
        refresh=refresh,
        restored=restored,
    )
