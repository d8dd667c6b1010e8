"""Runs one execution in a realm and writes what happened to the log.

The durability contract lives here: `execution.started` is committed before the code runs, and
the closing transaction (console, host calls, end) is fsynced before anybody is told the result.
It knows nothing of refreshes or of how a heap is rebuilt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from . import acting
from .engine.api import Host, Job, Realm, Result, Source, WorkerDied
from .events import execution as ex
from .events.envelope import NewEvent, StoredEvent
from .events.registry import encode
from .events.request import Accepted
from .events.session import Origin
from .execution import Execution
from .outcome import ConsoleLine, HostCall
from .redact import Redactor
from .state import SessionState
from .version import __version__


class Appender(Protocol):
    """The part of the event log that recording needs."""

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        durable: bool,
        actor: str,
        worktree: str,
        expected_version: int | None = None,
    ) -> list[StoredEvent]:
        """Append to a stream in one transaction; see `eventlog.log.EventLog.append`."""


def execution_seed(session_seed: str, number: int) -> str:
    """Return the seed of execution `number`, 32 hex digits.

    Each execution has its own, so that one that draws more or fewer numbers at another revision
    does not change what those after it draw.
    """
    return hashlib.sha256(f"{session_seed}:{number}".encode()).hexdigest()[:32]


class _Running(msgspec.Struct):
    """An execution that a realm runs or is about to."""

    number: int
    realm: Realm
    host: Host
    unwanted: Callable[[], bool] | None
    cancelled: bool = False

    def is_unwanted(self) -> bool:
        """Return whether it was cancelled, here or by whoever asked for it."""
        return self.cancelled or (self.unwanted is not None and self.unwanted())


class Recorder:
    """Appends to session streams and keeps their states in step with the log."""

    def __init__(self, log: Appender, *, actor: str, worktree: str) -> None:
        self._log = log
        self.actor = actor
        self.worktree = worktree
        self._running: dict[str, _Running] = {}

    def create(self, session: str, first: NewEvent, *, durable: bool) -> list[StoredEvent]:
        """Append the first event of a new session's stream and return the rows that came of it."""
        return self._log.append(
            session,
            [first, *_accepted("session", first)],
            durable=durable,
            actor=acting.actor() or self.actor,
            worktree=self.worktree,
            expected_version=0,
        )

    def append(
        self, state: SessionState, payloads: Sequence[msgspec.Struct], *, durable: bool
    ) -> None:
        """Append events of the session itself and apply them to `state`."""
        first, *rest = (encode(payload) for payload in payloads)
        self._append(state, [first, *_accepted("change", first), *rest], durable=durable)

    def run(
        self,
        state: SessionState,
        realm: Realm,
        job: Job,
        *,
        origin: Origin,
        generation: int,
        blob: str,
        source: Source,
        host: Host,
        redactor: Redactor,
        unwanted: Callable[[], bool] | None = None,
    ) -> tuple[Execution, bool]:
        """Run `job` as the session's next execution and record it.

        `origin` is the tree it runs against, `blob` the oid of its code; `redactor` takes out what
        must not reach the log, nor anybody through it; `unwanted` tells whether it was cancelled
        before `cancel` could know of it. Returns the execution and whether the realm
        may be used again. A worker that dies on its own is recorded as `execution.aborted`, with
        what it had printed until then.
        """
        number = state.next_number
        name = f"{state.id}.{number}"
        started = ex.Started(
            tree=origin.tree,
            commit=origin.commit,
            dirty=origin.dirty,
            number=number,
            kind=job.kind,
            blob=blob,
            generation=generation,
            seed=job.seed,
            limits=job.limits,
            vmgit=__version__,
            engine=realm.engine,
            path=job.path,
            mode=job.mode,
            text=job.text if job.path is None else None,
            args=job.args,
            redact=redactor.patterns,
        )
        # Before anybody can read that it runs, so that no cancellation comes too early.
        self._running[state.id] = running = _Running(number, realm, host, unwanted)
        try:
            first = encode(started, execution=name)
            # A startup execution answers no request: it prepares for the one that does.
            answers = _accepted("execution", first) if job.kind != "startup" else []
            self._append(state, [first, *answers], durable=False)
            return self._run(state, running, job, source, host, redactor)
        finally:
            del self._running[state.id]

    def cancel(self, session: str, number: int | None = None) -> bool:
        """Stop the execution that a session runs, or only execution `number`, at once.

        Returns whether there is one; it may come to its own end first. Safe from another thread
        and from a signal handler.
        """
        running = self._running.get(session)
        if running is None or number not in (None, running.number):
            return False
        running.cancelled = True
        running.realm.cancel()
        # Its realm may wait for what this process asks for it.
        running.host.stop()
        return True

    def _run(
        self,
        state: SessionState,
        running: _Running,
        job: Job,
        source: Source,
        host: Host,
        redactor: Redactor,
    ) -> tuple[Execution, bool]:
        name = f"{state.id}.{running.number}"
        try:
            result = running.realm.execute(job, source, host, running.is_unwanted)
        except WorkerDied as death:
            closing = [*_trace(redactor.outcome(death.partial).trace), ex.Aborted(death.reason)]
            intact = False
        else:
            outcome = redactor.outcome(result.outcome)
            closing = _closing(msgspec.structs.replace(result, outcome=outcome))
            intact = result.intact
        # A startup execution is acknowledged by the event of its generation, which is fsynced.
        durable = job.kind != "startup"
        self._append(state, [encode(item, execution=name) for item in closing], durable=durable)
        return state.executions[running.number], intact

    def abort(self, state: SessionState, number: int, reason: str) -> None:
        """Close an execution that was started and never ended."""
        event = encode(ex.Aborted(reason), execution=f"{state.id}.{number}")
        self._append(state, [event], durable=True)

    def _append(self, state: SessionState, events: list[NewEvent], *, durable: bool) -> None:
        stored = self._log.append(
            state.id,
            events,
            durable=durable,
            actor=acting.actor() or self.actor,
            worktree=self.worktree,
            expected_version=state.version,
        )
        for event in stored:
            state.apply(event)


def _accepted(answer: acting.Answer, event: NewEvent) -> list[NewEvent]:
    """Return what says that `event` answers the request of this thread, if it is the one."""
    asked = acting.take(answer)
    if asked is None:
        return []
    return [encode(Accepted(asked.key, asked.digest), execution=event.execution)]


def _trace(trace: Sequence[ConsoleLine | HostCall]) -> list[msgspec.Struct]:
    events: list[msgspec.Struct] = []
    for item in trace:
        if isinstance(item, ConsoleLine):
            events.append(ex.Console(item.level, item.text))
            continue
        if item.error is not None and item.error.code == "denied":
            events.append(ex.Denied(item.op, item.error.message))
        events.append(ex.Call(item.op, item.request, item.result, item.error, item.duration_us))
    return events


def _closing(result: Result) -> list[msgspec.Struct]:
    outcome = result.outcome
    events = _trace(outcome.trace)
    if outcome.limit is not None:
        limit = outcome.limit
        events.append(ex.LimitExceeded(limit.name, limit.allowed, limit.used))
    events.append(
        ex.Finished(
            status=outcome.status,
            digest=outcome.digest(),
            duration_us=result.duration_us,
            cpu_us=result.cpu_us,
            value=outcome.value,
            error=outcome.error,
            clock=result.clock,
            deps=result.deps,
        )
    )
    return events


def blob_oid(content: bytes) -> str:
    """Return the oid that Git gives a blob of this content (SHA-1 repositories, 40-hex)."""
    header = b"blob %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
