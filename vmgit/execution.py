"""One execution, computed from its own events and from nothing else.

It stands apart from the session's fold so that showing one execution reads no more than it needs.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .events import execution as ex
from .events.envelope import StoredEvent
from .events.registry import decode
from .outcome import ConsoleLine, HostCall, LimitHit, Outcome


class Execution(msgspec.Struct):
    """One execution as the log knows it."""

    session: str
    started: ex.Started
    time_us: int
    trace: list[ConsoleLine | HostCall] = msgspec.field(default_factory=list)
    limit: LimitHit | None = None
    finished: ex.Finished | None = None
    aborted: str | None = None

    @property
    def number(self) -> int:
        """Its number in the session, from 1."""
        return self.started.number

    @property
    def id(self) -> str:
        """Its name, `SESSION.N`."""
        return f"{self.session}.{self.number}"

    @property
    def status(self) -> str:
        """`running`, `aborted`, or the status of its outcome."""
        if self.aborted is not None:
            return "aborted"
        return self.finished.status if self.finished is not None else "running"

    @property
    def completed(self) -> bool:
        """True when it ran to its own end, so that replay runs it again."""
        return self.status in ("ok", "error")

    @property
    def runs_again(self) -> bool:
        """True for the session's own completed executions; generations name their startup."""
        return self.started.kind != "startup" and self.completed

    def apply(self, payload: msgspec.Struct) -> None:
        """Take the payload of one more of its events into account."""
        match payload:
            case ex.Console():
                self.trace.append(ConsoleLine(payload.level, payload.text))
            case ex.Call():
                call = (payload.op, payload.request, payload.result, payload.error)
                self.trace.append(HostCall(*call, payload.duration_us))
            case ex.LimitExceeded():
                self.limit = LimitHit(payload.name, payload.allowed, payload.used)
            case ex.Finished():
                self.finished = payload
            case ex.Aborted():
                self.aborted = payload.reason

    def outcome(self) -> Outcome:
        """Return what it did. Raises `ValueError` while it has no end."""
        if self.finished is None:
            raise ValueError(f"execution {self.id} has no outcome: it is {self.status}")
        return Outcome(
            status=self.finished.status,
            trace=tuple(self.trace),
            value=self.finished.value,
            error=self.finished.error,
            limit=self.limit,
        )


def fold_execution(events: Iterable[StoredEvent]) -> Execution:
    """Return one execution from its own events alone, in order.

    Raises `ValueError` when they do not begin with `execution.started`.
    """
    execution: Execution | None = None
    for event in events:
        payload = decode(event)
        if execution is not None:
            execution.apply(payload)
        elif isinstance(payload, ex.Started):
            execution = Execution(event.stream, payload, event.time_us)
        else:
            break
    if execution is None:
        raise ValueError("these events do not begin with execution.started")
    return execution
