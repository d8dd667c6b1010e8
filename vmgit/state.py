"""The fold: what a session is, computed from its events and from nothing else.

Sessions, refresh and replay all work on a `SessionState`; the live heap is a cache of
`SessionState.steps`. Pure: applying an event reads no clock, no file and no tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from .events import execution as ex
from .events import session as se
from .events.envelope import StoredEvent
from .events.registry import decode
from .execution import Execution


@dataclass(frozen=True)
class Step:
    """One execution to run again when the heap is rebuilt.

    `tree` and `effective` are those it runs under there, which a `replay` refresh changes;
    `digest` is the outcome that it must have.
    """

    number: int
    tree: str
    effective: dict[str, Any]
    digest: str


@dataclass
class SessionState:
    """A session, as its events up to `version` make it."""

    id: str
    created: se.Created
    created_us: int
    worktree: str
    version: int = 0
    last_seq: int = 0
    serving: se.Ready | se.Refreshed | None = None
    failed: se.RefreshFailed | None = None
    executions: dict[int, Execution] = field(default_factory=dict)
    #: Counts fresh realms: a heap of another epoch cannot be brought up to date, only replaced.
    epoch: int = 0
    #: The generation that made the present realm: its globals and module rules are in force.
    base: se.Ready | se.Refreshed | None = None
    steps: list[Step] = field(default_factory=list)
    #: What happened, in order: the numbers of executions as they started, and every generation
    #: that was made or failed.
    timeline: list[int | se.Ready | se.Refreshed | se.RefreshFailed] = field(default_factory=list)
    ended: str | None = None
    ended_reason: str = ""

    @property
    def generation(self) -> int:
        """The generation that serves; 0 before the first success."""
        return self.serving.generation if self.serving is not None else 0

    @property
    def next_number(self) -> int:
        """The number of the next execution."""
        return max(self.executions, default=0) + 1

    @property
    def status(self) -> str:
        """`starting`, `active`, `crashed`, `lost` or `closed`."""
        if self.ended is not None:
            return self.ended
        if self.serving is not None:
            return "active"
        return "crashed" if self.failed is not None else "starting"

    @property
    def label(self) -> str:
        """The name that people use: the session's own, else its id."""
        return self.created.name or self.id

    def apply(self, event: StoredEvent) -> None:
        """Take one more event of this session's stream into account.

        Raises `ValueError` when the event is not the next one of the stream.
        """
        if event.stream != self.id or event.version != self.version + 1:
            raise ValueError(
                f"event {event.seq} is {event.stream}/{event.version}, "
                f"expected {self.id}/{self.version + 1}"
            )
        self.version, self.last_seq = event.version, event.seq
        payload = decode(event)
        if isinstance(payload, ex.Started):
            self.executions[payload.number] = Execution(self.id, payload, event.time_us)
            self.timeline.append(payload.number)
        elif event.execution is not None:
            execution = self.executions[int(event.execution.rpartition(".")[2])]
            execution.apply(payload)
            if isinstance(payload, ex.Finished) and execution.runs_again:
                self.steps.append(self._step(execution.number, payload.digest))
        else:
            self._apply_to_session(payload)

    def _apply_to_session(self, payload: msgspec.Struct) -> None:
        match payload:
            case se.Ready() | se.Refreshed():
                self._serve(payload)
            case se.RefreshFailed():
                self.failed = payload
                self.timeline.append(payload)
            case se.Lost():
                self.ended, self.ended_reason = "lost", payload.reason
            case se.Closed():
                self.ended, self.ended_reason = "closed", payload.reason

    def _serve(self, generation: se.Ready | se.Refreshed) -> None:
        self.serving, self.failed = generation, None
        self.timeline.append(generation)
        if isinstance(generation, se.Ready) or generation.fresh:
            self.epoch += 1
            self.base, self.steps = generation, []
        done = {step.number for step in self.steps}
        for entry in generation.startup:
            if entry.execution not in done:
                self.steps.append(self._step(entry.execution, self._digest(entry.execution)))
        if isinstance(generation, se.Refreshed):
            for again in generation.replayed:
                self.steps.append(
                    Step(again.execution, generation.tree, generation.effective, again.digest)
                )

    def _step(self, number: int, digest: str) -> Step:
        if self.serving is None:
            raise ValueError(f"execution {self.id}.{number} ended before any generation served")
        started = self.executions[number].started
        return Step(number, started.tree, self.serving.effective, digest)

    def _digest(self, number: int) -> str:
        finished = self.executions[number].finished
        if finished is None:
            raise ValueError(f"startup execution {self.id}.{number} serves but never finished")
        return finished.digest


def fold(events: Iterable[StoredEvent]) -> SessionState:
    """Return the state of the one session whose events these are, in order.

    Raises `ValueError` when they do not begin with `session.created` or leave a gap.
    """
    state: SessionState | None = None
    for event in events:
        if state is None:
            created = decode(event)
            if not isinstance(created, se.Created) or event.version != 1:
                raise ValueError(f"stream {event.stream} does not begin with session.created")
            state = SessionState(
                event.stream, created, event.time_us, event.worktree, event.version, event.seq
            )
        else:
            state.apply(event)
    if state is None:
        raise ValueError("a session without events cannot be folded")
    return state
