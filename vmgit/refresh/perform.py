"""Makes the next generation of a session, atomically, and records how it went.

It happens on a copy of the heap (or a fresh one): whatever stops it is one failed refresh, the
old generation serves on, and the log says why.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from vmgit.clock import monotonic_us
from vmgit.code import file_code
from vmgit.engine.api import Job, Source, WorkerDied
from vmgit.errors import LimitError, RefusedError, UnavailableError, UsageError, VmgitError
from vmgit.events.session import Origin, Ready, Refreshed, RefreshFailed, Replayed
from vmgit.events.session import StartupFile as StartupRun
from vmgit.execution import Execution
from vmgit.heap import Heap, Services, new_heap, recorded_text, redactor_of, secrets_of
from vmgit.outcome import Fault
from vmgit.recorder import execution_seed
from vmgit.replay.player import play
from vmgit.state import SessionState

from .plan import Blocked, Plan, dependencies

#: What stops a generation; anything else (a full disk, a bug) stops the command.
_STOPS = (RefusedError, UsageError, LimitError, UnavailableError, WorkerDied)


class _Failure(Exception):
    """What stopped a generation; `execution` is the one that failed, if one did."""

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        execution: Execution | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.execution = execution


@dataclass
class _Tried:
    """What an attempt has run and looked at so far: startup executions, blobs by path."""

    ran: list[int] = field(default_factory=list)
    deps: dict[str, str | None] = field(default_factory=dict)


def perform(
    state: SessionState, plan: Plan, heap: Heap | None, services: Services, origin: Origin
) -> Heap | None:
    """Make the generation that `plan` describes and append how it went.

    `heap` must be caught up unless the plan is fresh. Returns the heap that serves afterwards:
    a new one (then `heap` is closed), or `heap` itself when nothing ran or the refresh failed.
    """
    began = monotonic_us()
    source = services.source(origin.tree)
    candidate: Heap | None = None
    tried = _Tried()
    try:
        candidate = _candidate(state, plan, heap, services)
        startup = _run_startup(state, plan, candidate, services, origin, source, tried)
        replayed = _replay_own(state, plan, candidate, services, source, tried)
        generation = _succeeded(state, plan, origin, startup, replayed, began)
        services.recorder.append(state, [generation], durable=True)
    except BaseException as error:
        if candidate is not None and candidate is not heap:
            candidate.close()
        if not isinstance(error, (_Failure, *_STOPS)):
            raise
        failure = _failed(state, plan, origin, error, tried, source, began)
        services.recorder.append(state, [failure], durable=True)
        return heap
    candidate.epoch, candidate.applied = state.epoch, len(state.steps)
    if heap is not None and heap is not candidate:
        heap.close()
    return candidate


def block(state: SessionState, blocked: Blocked, services: Services, origin: Origin) -> None:
    """Record a refresh that could not begin."""
    # A profile error lists everything that is wrong; the first one is the message.
    first: dict[str, Any] = next(iter(blocked.error.details.get("errors", ())), {})
    failure = RefreshFailed(
        tree=origin.tree,
        commit=origin.commit,
        dirty=origin.dirty,
        generation=state.generation + 1,
        changed=blocked.changed,
        message=blocked.error.message,
        files=blocked.files,
        deps=blocked.deps,
        path=first.get("file"),
        line=first.get("line"),
    )
    services.recorder.append(state, [failure], durable=True)


def _candidate(state: SessionState, plan: Plan, heap: Heap | None, services: Services) -> Heap:
    if plan.fresh:
        return new_heap(state, plan.effective, services)
    if heap is None:
        raise ValueError("a refresh of the live realm needs a heap")
    return heap if plan.start == len(plan.effective.startup) else heap.fork()


def _run_startup(
    state: SessionState,
    plan: Plan,
    heap: Heap,
    services: Services,
    origin: Origin,
    source: Source,
    tried: _Tried,
) -> tuple[StartupRun, ...]:
    """Run the entries from `plan.start` on; return all entries with their executions."""
    kept = state.serving.startup[: plan.start] if state.serving is not None else ()
    done = list(kept if not plan.fresh else ())
    redactor = redactor_of(heap.profile_name, plan.effective, services)
    for entry in plan.effective.startup[plan.start :]:
        code = file_code("startup", entry.path, entry.mode, source, plan.effective.limits)
        job = Job(
            kind="startup",
            text=code.text,
            seed=execution_seed(state.created.seed, state.next_number),
            path=code.path,
            mode=code.mode,
            limits=plan.effective.limits,
        )
        with closing(heap.host(plan.effective)) as host:
            execution, intact = services.recorder.run(
                state,
                heap.realm,
                job,
                origin=origin,
                generation=state.generation + 1,
                blob=code.blob,
                source=source,
                host=host,
                redactor=redactor,
            )
        tried.ran.append(execution.number)
        tried.deps.update(dependencies(execution))
        if execution.status != "ok" or not intact:
            raise _startup_failure(execution)
        done.append(StartupRun(entry.path, entry.mode, execution.number))
    return tuple(done)


def _startup_failure(execution: Execution) -> _Failure:
    path = execution.started.path or ""
    finished = execution.finished
    if execution.aborted is not None:
        message = f"{path}: the worker died ({execution.aborted})"
        return _Failure(message, path=path, execution=execution)
    if execution.limit is not None:
        limit = execution.limit
        message = f"{path}: stopped by limits.{limit.name} (allowed {limit.allowed})"
        return _Failure(message, path=path, execution=execution)
    if execution.status == "cancelled":
        return _Failure(f"{path}: cancelled", path=path, execution=execution)
    fault = finished.error if finished is not None and finished.error is not None else Fault("", "")
    where, line = fault_location(fault)
    place = f"{where}:{line}" if where is not None else path
    text = f"{fault.name}: {fault.message}" if fault.name else fault.message
    message = f"{place}: {text.splitlines()[0] if text else 'failed'}"
    return _Failure(message, path=where or path, line=line, execution=execution)


_FRAME = r"(?:\(|at |^)(?P<path>[^\s():<>][^():<>\n]*):(?P<line>\d+):\d+\)?$"


def fault_location(fault: Fault) -> tuple[str | None, int | None]:
    """Return the workspace path and line of a fault's topmost frame in a file, if it has one."""
    match = re.search(_FRAME, fault.stack, re.M)
    if match is None:
        return None, None
    return match["path"], int(match["line"])


def _replay_own(
    state: SessionState,
    plan: Plan,
    heap: Heap,
    services: Services,
    source: Source,
    tried: _Tried,
) -> tuple[Replayed, ...]:
    """Run the session's own executions again on the new source, for mode `replay`."""
    if plan.mode != "replay" or not plan.fresh:
        return ()
    registry = heap.host(plan.effective)
    secrets = secrets_of(heap.profile_name, plan.effective, services)
    done = []
    for step in state.steps:
        execution = state.executions[step.number]
        if execution.started.kind == "startup":
            continue
        path = execution.started.path
        if path is not None:
            tried.deps[path] = source.lookup(path)
        text = recorded_text(execution, source, services)
        result, host = play(execution, text, heap.realm, source, registry, secrets)
        tried.deps.update(result.deps)
        if host.unanswered:
            asked = host.unanswered[0].op
            raise _Failure(
                f"execution {execution.id} asked for {asked}, which its recording cannot answer",
                execution=execution,
            )
        if not result.intact:
            raise _Failure(f"execution {execution.id} did not end again", execution=execution)
        done.append(Replayed(step.number, result.outcome.digest()))
    return tuple(done)


def _failed(
    state: SessionState,
    plan: Plan,
    origin: Origin,
    error: _Failure | VmgitError | WorkerDied,
    tried: _Tried,
    source: Source,
    began: int,
) -> RefreshFailed:
    deps = {entry.path: source.lookup(entry.path) for entry in plan.effective.startup}
    deps.update(tried.deps)
    failure = (
        error if isinstance(error, _Failure) else _Failure(getattr(error, "message", str(error)))
    )
    return RefreshFailed(
        tree=origin.tree,
        commit=origin.commit,
        dirty=origin.dirty,
        generation=state.generation + 1,
        mode=plan.mode,
        fresh=plan.fresh,
        effective=msgspec.to_builtins(plan.effective),
        changed=plan.changed,
        message=failure.message,
        files=plan.files,
        deps=deps,
        path=failure.path,
        line=failure.line,
        execution=failure.execution.number if failure.execution is not None else None,
        ran=tuple(tried.ran),
        duration_us=monotonic_us() - began,
    )


def _succeeded(
    state: SessionState,
    plan: Plan,
    origin: Origin,
    startup: tuple[StartupRun, ...],
    replayed: tuple[Replayed, ...],
    began: int,
) -> Ready | Refreshed:
    facts: dict[str, Any] = {
        "tree": origin.tree,
        "commit": origin.commit,
        "dirty": origin.dirty,
        "generation": state.generation + 1,
        "effective": msgspec.to_builtins(plan.effective),
        "files": plan.files,
        "startup": startup,
        "duration_us": monotonic_us() - began,
    }
    if state.serving is None:
        return Ready(**facts)
    return Refreshed(
        **facts, mode=plan.mode, fresh=plan.fresh, changed=plan.changed, replayed=replayed
    )
