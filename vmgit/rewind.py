"""Takes executions out of a session and back in; says when a session can be forked.

What a heap would have to be is proved before anything is recorded: a session is never left with a
log that it cannot be rebuilt from. It asks for no tree and refreshes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from .errors import BusyError, RefusedError, UsageError
from .events.session import Redone, Restored, Undone
from .execution import Execution
from .heap import Heap, Services, catch_up
from .state import SessionState, Step


def undo(state: SessionState, heap: Heap | None, services: Services, count: int) -> Heap | None:
    """Take the last `count` executions out of a session and record it.

    `heap` is closed; returns the heap that serves then, None when there was none to replace.
    Raises `RefusedError` when so many cannot be undone, `UsageError` when `count` is no number of
    executions, and `UnavailableError` when the heap cannot be rebuilt; `heap` is as it was then.
    """
    _require_idle(state)
    if count < 1:
        raise UsageError(f"{count} executions cannot be undone: give 1 or more.")
    undoable = state.undoable
    if count > len(undoable):
        raise _too_many(state, count, undoable)
    kept, taken = undoable[:-count], undoable[-count:]
    undone = Undone(tuple(one.number for one in taken), back_to=kept[-1].number if kept else None)
    earlier: Heap | None = None
    events: list[msgspec.Struct] = [undone]
    if heap is not None:
        earlier, restored = catch_up(None, _with_steps(state, state.steps[:-count]), services)
        events += _difference(restored)
    _record(state, events, earlier, services)
    if heap is not None:
        heap.close()
    if earlier is not None:
        # The undo began an epoch, of which this is the first heap.
        earlier.epoch = state.epoch
    return earlier


def redoable(state: SessionState) -> tuple[Step, ...]:
    """Return what the next redo brings back. Raises `RefusedError` when there is nothing."""
    _require_idle(state)
    if not state.redoable:
        raise RefusedError(
            f"session {state.label} has nothing to redo.",
            hints=["Undone executions can come back until another one ran or a refresh came."],
            details={"session": state.id},
        )
    return state.redoable[-1]


def redo(state: SessionState, heap: Heap | None, services: Services) -> Heap:
    """Bring back the executions that the last undo took away and record it.

    There must be some: ask `redoable` first. Returns the heap that serves then; `heap` is that one
    or closed. Raises `UnavailableError`, with nothing recorded, when they cannot run again.
    """
    steps = redoable(state)
    heap, restored = catch_up(heap, _with_steps(state, [*state.steps, *steps]), services)
    events: list[msgspec.Struct] = [Redone(tuple(step.number for step in steps))]
    _record(state, [*events, *_difference(restored)], heap, services)
    return heap


def require_forkable(state: SessionState) -> None:
    """Raise `RefusedError` or `BusyError` when there is nothing to fork; an ended one may do."""
    _require_idle(state)
    if state.status == "lost" or (state.ended is not None and state.serving is None):
        why = state.ended_reason if state.status == "lost" else "it never started"
        raise RefusedError(
            f"session {state.label} is {state.status} and cannot be forked: {why.rstrip('.')}.",
            hints=["`vmgit session new` makes a session."],
            details={"session": state.id, "status": state.status},
        )


def _require_idle(state: SessionState) -> None:
    """Raise `BusyError` while an execution runs: what the session is cannot be told then."""
    for execution in state.executions.values():
        if execution.status == "running":
            raise BusyError(
                f"execution {execution.id} is running.",
                hints=["Try again when it has ended."],
                details={"execution": execution.id},
            )


def _with_steps(state: SessionState, steps: Sequence[Step]) -> SessionState:
    """Return a session as it would be with other steps, to make a heap of."""
    return replace(state, steps=list(steps))


def _difference(restored: Restored) -> list[msgspec.Struct]:
    return [restored] if restored.first_difference is not None else []


def _record(
    state: SessionState, events: list[msgspec.Struct], heap: Heap | None, services: Services
) -> None:
    try:
        services.recorder.append(state, events, durable=True)
    except BaseException:
        # The heap is not what the log says.
        if heap is not None:
            heap.close()
        raise


def _too_many(state: SessionState, count: int, undoable: Sequence[Execution]) -> RefusedError:
    left = len(undoable)
    executions = "execution" if left == 1 else "executions"
    since = f"since generation {state.generation} began"
    if state.generation > 1:
        since += ", and an undo does not cross a refresh"
    if left:
        what = f"has only {left} {executions}"
        hint = f"`vmgit session undo {state.label} {left}` undoes what can be undone."
    else:
        what = "has no execution"
        hint = "Executions that a limit or Ctrl-C stopped have left nothing to undo."
    return RefusedError(
        f"session {state.label} {what} to undo {since}.",
        hints=[hint],
        details={
            "session": state.id,
            "asked": count,
            "undoable": [one.id for one in undoable],
            "generation": state.generation,
        },
    )
