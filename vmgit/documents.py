"""The JSON shapes that `--json`, the Python API and REST give for sessions, executions and events.

One place, so that a field has one name and one unit everywhere. Pure: documents are built from
the fold of events, never from the live heap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from .events.envelope import StoredEvent
from .execution import Execution
from .outcome import ConsoleLine
from .state import Parent, SessionState


def execution_document(execution: Execution, *, undone: bool = False) -> dict[str, Any]:
    """Return an execution as in `vmgit run --json`; `duration_us` is 0 while it has no end.

    `undone` says whether its session has undone it, which its own events do not tell.
    """
    started, finished = execution.started, execution.finished
    document: dict[str, Any] = {
        "execution": execution.id,
        "session": execution.session,
        "kind": started.kind,
        "status": execution.status,
        "path": started.path,
        "blob": started.blob,
        "args": list(started.args),
        "console": [
            {"level": line.level, "text": line.text}
            for line in execution.trace
            if isinstance(line, ConsoleLine)
        ],
        "value": None,
        "tree": started.tree,
        "commit": started.commit,
        "dirty": started.dirty,
        "generation": started.generation,
        "started_us": execution.time_us,
        "duration_us": finished.duration_us if finished is not None else 0,
        "digest": finished.digest if finished is not None else None,
        "undone": undone,
    }
    if finished is not None and finished.value is not None:
        document["value"] = msgspec.to_builtins(finished.value)
    if finished is not None and finished.error is not None:
        fault = finished.error
        document["error"] = {"name": fault.name, "message": fault.message, "stack": fault.stack}
    if execution.limit is not None:
        document["limit"] = msgspec.to_builtins(execution.limit)
    if execution.aborted is not None:
        document["aborted"] = execution.aborted
    return document


def session_document(state: SessionState) -> dict[str, Any]:
    """Return a session with what it was made from and what serves now.

    `executions` and `last_execution` are of its own; what a fork has from its parent is in
    `inherited` (how many). `undone` names the executions that do not count, `redoable` those of
    them that the next redo brings back.
    """
    serving = state.serving
    own = state.own
    return {
        "session": state.id,
        "name": state.created.name,
        "profile": state.created.profile,
        "status": state.status,
        "reason": state.ended_reason or (state.failed.message if state.failed else None),
        "worktree": state.worktree,
        "prefix": state.created.prefix,
        "pinned": state.created.pinned,
        "ephemeral": state.created.ephemeral,
        "created_us": state.created_us,
        "generation": state.generation,
        "tree": serving.tree if serving is not None else state.created.tree,
        "commit": serving.commit if serving is not None else state.created.commit,
        "dirty": serving.dirty if serving is not None else state.created.dirty,
        "startup": [msgspec.to_builtins(entry) for entry in serving.startup] if serving else [],
        "executions": len(own),
        "last_execution": own[-1].id if own else None,
        "parent": _parent_document(state.parent) if state.parent is not None else None,
        "inherited": len(state.executions) - len(own),
        "undone": [state.executions[number].id for number in sorted(state.undone)],
        "redoable": (
            [state.executions[step.number].id for step in state.redoable[-1]]
            if state.redoable
            else []
        ),
    }


def _parent_document(parent: Parent) -> dict[str, Any]:
    return {"session": parent.session, "name": parent.name, "version": parent.version}


def undo_document(state: SessionState, executions: Iterable[Execution]) -> dict[str, Any]:
    """Return what an undo came to: the executions, and the one whose state serves again.

    `back_to` is None where the session is as its generation began.
    """
    left = state.undoable
    return {
        "session": state.id,
        "undone": [execution.id for execution in executions],
        "back_to": left[-1].id if left else None,
        "generation": state.generation,
    }


def redo_document(state: SessionState, executions: Iterable[Execution]) -> dict[str, Any]:
    """Return what a redo came to: the executions that count again."""
    return {
        "session": state.id,
        "redone": [execution.id for execution in executions],
        "generation": state.generation,
    }


def event_document(event: StoredEvent) -> dict[str, Any]:
    """Return a row of the log with its payload as JSON."""
    document: dict[str, Any] = event._asdict()
    document["payload"] = msgspec.json.decode(event.payload)
    return document
