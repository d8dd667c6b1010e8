"""The fold: what a session is, computed from its events and from nothing else.

Sessions, refresh and replay all work on a `SessionState`; the live heap is a cache of
`SessionState.steps`. Pure: applying an event reads no clock, no file and no tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from .errors import UsageError
from .events import execution as ex
from .events import session as se
from .events.envelope import StoredEvent
from .events.registry import decode
from .execution import Execution

#: An entry of a session's timeline: an execution that started (its number), a generation that was
#: made or failed, an undo or a redo.
Moment = int | se.Ready | se.Refreshed | se.RefreshFailed | se.Undone | se.Redone


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


@dataclass(frozen=True)
class Parent:
    """The session that another one was forked from, and the place in its stream where."""

    session: str
    name: str | None
    version: int

    @property
    def label(self) -> str:
        """The name that people use: the session's own, else its id."""
        return self.name or self.session


@dataclass
class SessionState:
    """A session, as its events up to `version` make it.

    A fork begins with all that its parent was: `executions`, `steps` and `timeline` hold the
    parent's too, and its own executions are numbered on from there.
    """

    id: str
    created: se.Created
    created_us: int
    worktree: str
    version: int = 0
    last_seq: int = 0
    serving: se.Ready | se.Refreshed | None = None
    failed: se.RefreshFailed | None = None
    executions: dict[int, Execution] = field(default_factory=dict)
    #: Counts fresh realms and undos: within an epoch steps are only added, so that a heap of it
    #: can be brought up to date; one of another epoch is replaced.
    epoch: int = 0
    #: The generation that made the present realm: its globals and module rules are in force.
    base: se.Ready | se.Refreshed | None = None
    steps: list[Step] = field(default_factory=list)
    #: So many steps belong to the generation itself: an undo does not go back behind them.
    floor: int = 0
    #: The numbers of the executions that an undo took away.
    undone: set[int] = field(default_factory=set)
    #: What undos took away and a redo can bring back, the next one last.
    redoable: list[tuple[Step, ...]] = field(default_factory=list)
    #: What happened, in order; numbers are executions as they started.
    timeline: list[Moment] = field(default_factory=list)
    parent: Parent | None = None
    ended: str | None = None
    ended_reason: str = ""

    @property
    def generation(self) -> int:
        """The generation that serves; 0 before the first success."""
        return self.serving.generation if self.serving is not None else 0

    @property
    def next_number(self) -> int:
        """The number of the next execution."""
        # In the order in which they started, and numbers only grow.
        return next(reversed(self.executions), 0) + 1

    @property
    def own(self) -> list[Execution]:
        """The executions of this session itself, without those of its parent, in order."""
        return [one for one in self.executions.values() if one.session == self.id]

    @property
    def undoable(self) -> list[Execution]:
        """The executions that an undo can take away, in order: those since the generation began."""
        return [self.executions[step.number] for step in self.steps[self.floor :]]

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

    def require_place(self, worktree: str, prefix: str) -> None:
        """Raise `UsageError` unless this is the worktree and folder that the session follows."""
        # Its paths begin at its own folder; a pinned session reads no worktree but that counts.
        followed = worktree if self.created.pinned is not None else self.worktree
        if (followed, self.created.prefix) != (worktree, prefix):
            place = f"{self.worktree}:{self.created.prefix or '.'}"
            raise UsageError(
                f"session {self.label} follows another worktree or folder ({place}).",
                hints=["Run the command there; `vmgit session show` tells where it was made."],
                details={"session": self.id},
            )

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
                self.redoable.clear()
        else:
            self._apply_to_session(payload)

    def fork(self, event: StoredEvent) -> SessionState:
        """Return the session that `event`, a `session.forked`, begins with this one's history.

        Raises `ValueError` when the event was not made from this session as it is now.
        """
        forked = decode(event)
        if (
            not isinstance(forked, se.Forked)
            or event.version != 1
            or (forked.parent, forked.version) != (self.id, self.version)
        ):
            raise ValueError(f"event {event.seq} does not fork {self.id} at version {self.version}")
        created = msgspec.structs.replace(
            self.created,
            name=forked.name,
            seed=forked.seed,
            vmgit=forked.vmgit,
            ephemeral=False,
        )
        return replace(
            self,
            id=event.stream,
            created=created,
            created_us=event.time_us,
            worktree=event.worktree,
            version=event.version,
            last_seq=event.seq,
            # What failed for the parent is tried once in the fork, too.
            failed=None,
            # Executions are shared: forked is only where none is running.
            executions=dict(self.executions),
            steps=list(self.steps),
            undone=set(self.undone),
            redoable=list(self.redoable),
            timeline=list(self.timeline),
            parent=Parent(self.id, self.created.name, self.version),
            ended=None,
            ended_reason="",
        )

    def _apply_to_session(self, payload: msgspec.Struct) -> None:
        match payload:
            case se.Ready() | se.Refreshed():
                self._serve(payload)
            case se.RefreshFailed():
                self.failed = payload
                self.timeline.append(payload)
            case se.Undone():
                self._undo(payload.executions)
                self.timeline.append(payload)
            case se.Redone():
                self._redo(payload.executions)
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
        self.floor = len(self.steps)
        self.redoable.clear()

    def _undo(self, numbers: tuple[int, ...]) -> None:
        kept = len(self.steps) - len(numbers)
        taken = tuple(self.steps[max(kept, self.floor) :])
        if not numbers or tuple(step.number for step in taken) != numbers:
            raise ValueError(f"session {self.id} cannot undo {numbers}: it did not end with them")
        del self.steps[kept:]
        self.epoch += 1
        self.undone.update(numbers)
        self.redoable.append(taken)

    def _redo(self, numbers: tuple[int, ...]) -> None:
        taken = self.redoable.pop() if self.redoable else ()
        if not numbers or tuple(step.number for step in taken) != numbers:
            raise ValueError(f"session {self.id} cannot redo {numbers}: they were not undone last")
        self.steps += taken
        self.undone.difference_update(numbers)

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


def fold(events: Iterable[StoredEvent], parent: SessionState | None = None) -> SessionState:
    """Return the state of the one session whose events these are, in order.

    `parent` is what a fork was forked from, as it was then; `history.read_session` finds it. Raises
    `ValueError` when they begin with neither `session.created` nor a fork of it, or leave a gap.
    """
    state: SessionState | None = None
    for event in events:
        if state is not None:
            state.apply(event)
            continue
        if parent is not None:
            state = parent.fork(event)
            continue
        created = decode(event)
        if not isinstance(created, se.Created) or event.version != 1:
            raise ValueError(f"stream {event.stream} does not begin with session.created")
        state = SessionState(
            event.stream, created, event.time_us, event.worktree, event.version, event.seq
        )
    if state is None:
        raise ValueError("a session without events cannot be folded")
    return state
