"""One live session: brought up to date, executed in, taken back, closed.

A `LiveSession` pairs the state that its events give with a heap that may be missing or behind;
every use first brings both to where the log stands, so any number of processes may take turns
under the host lock. How code runs, and how the log is stored, are the business of the layers
below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

import msgspec
from msgspec.structs import replace

from . import rewind
from .code import Code
from .engine.api import Job, WorkerDied
from .errors import RefusedError
from .events.envelope import StoredEvent
from .events.session import (
    Closed,
    Lost,
    Origin,
    Ready,
    Refreshed,
    RefreshFailed,
    Restored,
)
from .execution import Execution
from .heap import Heap, Services, Unrepeatable, catch_up, profile_of, redactor_of
from .profile import Profile
from .recorder import execution_seed
from .refresh.perform import block, perform
from .refresh.plan import Blocked, Plan, Reported, StillFailing, decide
from .state import SessionState


class Update(msgspec.Struct, frozen=True):
    """What bringing a session up to date came to; None where nothing was due.

    `event` is what was appended; `still_failing` a failure that was not tried again; `reported`
    the changes that a profile with `refresh = "off"` only wants to hear of.
    """

    event: Ready | Refreshed | RefreshFailed | None = None
    still_failing: RefreshFailed | None = None
    reported: tuple[str, ...] = ()


class LiveSession:
    """One session and its heap. Use it only under the host lock, from one thread at a time."""

    def __init__(self, state: SessionState, services: Services, heap: Heap | None = None) -> None:
        self.state = state
        self._services = services
        self._heap = heap
        #: For which tree and generation nothing was due.
        self._settled: tuple[str, object, object] | None = None
        #: How the last rebuild compared with the log; None while none was needed.
        self.restored: Restored | None = None

    @property
    def profile(self) -> Profile:
        """The effective profile that serves. Raises `RefusedError` when no generation does."""
        return profile_of(self._serving().effective)

    @property
    def is_warm(self) -> bool:
        """Whether it has a heap."""
        return self._heap is not None

    def update(self, origin: Origin) -> Update:
        """Bring the session up to date with the tree of `origin` and record what that took.

        Raises `RefusedError` when the session has ended or is lost and `UnavailableError` when its
        heap cannot be rebuilt for now.
        """
        self.require_open()
        if self._is_settled(origin):
            return Update()
        decision = decide(
            self.state, self._services.source(origin.tree), self._services.require_trust
        )
        match decision:
            case None:
                self._settled = (origin.tree, self.state.serving, self.state.failed)
                return Update()
            case StillFailing():
                return Update(still_failing=decision.failed)
            case Reported():
                return Update(reported=decision.changed)
            case Blocked():
                block(self.state, decision, self._services, origin)
            case Plan():
                heap = self._heap if decision.fresh else self._ready_heap()
                self._heap = perform(self.state, decision, heap, self._services, origin)
        return Update(event=self.state.failed or self.state.serving)

    def _is_settled(self, origin: Origin) -> bool:
        """Whether the last decision was that nothing is due, and all it was made from is the same.

        Trust is none of that: it is asked only when there is something to do.
        """
        if self._settled is None:
            return False
        tree, serving, failed = self._settled
        same = serving is self.state.serving and failed is self.state.failed
        return same and tree == origin.tree

    def execute(
        self,
        code: Code,
        origin: Origin,
        args: Sequence[str] = (),
        unwanted: Callable[[], bool] | None = None,
    ) -> Execution:
        """Run code in the session against the tree of `origin` and record it.

        `unwanted` is asked, right before the code runs, whether it was cancelled before `cancel`
        could know of it.
        An execution that is stopped leaves no trace: the checkpoint, or a rebuild, takes the place
        of the heap. Raises `RefusedError` when the session takes no executions, `DeniedError` when
        its grants are no longer trusted, and `UnavailableError` when its heap cannot be rebuilt.
        """
        profile = self.profile
        self._services.require_trust(self.state.created.profile, profile)
        heap = self._ready_heap()
        job = Job(
            kind=code.kind,
            text=code.text,
            seed=execution_seed(self.state.created.seed, self.state.next_number),
            path=code.path,
            mode=code.mode,
            args=tuple(args),
            limits=profile.limits,
        )
        try:
            with closing(heap.host(profile)) as host:
                execution, intact = self._services.recorder.run(
                    self.state,
                    heap.realm,
                    job,
                    origin=origin,
                    generation=self.state.generation,
                    blob=code.blob,
                    source=self._services.source(origin.tree),
                    host=host,
                    redactor=redactor_of(self.state.created.profile, profile, self._services),
                    unwanted=unwanted,
                )
        except BaseException:
            # What ran may not be recorded: the heap is no longer what the log says.
            self._fall_back()
            raise
        if not intact:
            self._fall_back()
        elif execution.completed:
            heap.applied = len(self.state.steps)
        return execution

    def cancel(self, number: int | None = None) -> bool:
        """Stop the execution that runs, or only execution `number`; return whether there was one.

        It is recorded as cancelled, unless it came to its end meanwhile. Safe from a signal handler
        and from another thread at any time: what is run again in a rebuild is not stopped.
        """
        return self._services.recorder.cancel(self.state.id, number)

    def checkpoint(self) -> None:
        """Get ready for an execution that has to be stopped; call it after an answer was given.

        For a host that lives on. Costs the caller a fraction of a millisecond: the copy of the heap
        is made while nobody waits, where it is worth its cost.
        """
        if self._heap is None:
            return
        try:
            self._heap.checkpoint(self._took_us)
        except WorkerDied:
            self._fall_back()

    def undo(self, count: int = 1) -> list[Execution]:
        """Go back to before the last `count` executions and record it; return them, in order.

        Those that ended by themselves count, throws included. Raises `RefusedError` when so many
        cannot be undone: an undo does not cross a refresh.
        """
        self._serving()
        self._heap = rewind.undo(self.state, self._heap, self._services, count)
        return [self.state.executions[step.number] for step in self.state.redoable[-1]]

    def redo(self) -> list[Execution]:
        """Bring back the executions of the last undo and record it; return them, in order.

        Raises `RefusedError` when there are none, and `UnavailableError`, with nothing recorded,
        when they cannot run again.
        """
        self._serving()
        steps = rewind.redoable(self.state)
        heap = self._ready_heap()
        self._heap = None
        self._heap = rewind.redo(self.state, heap, self._services)
        return [self.state.executions[step.number] for step in steps]

    def copy_heap(self) -> tuple[Heap, Restored]:
        """Return a heap for a fork of this session, and how it compared if it was rebuilt.

        An open session is brought up to date with its log for it; one that has ended is left
        alone. Raises `RefusedError` when there is nothing to fork and `UnavailableError` when the
        heap cannot be rebuilt.
        """
        rewind.require_forkable(self.state)
        if self.state.ended is None:
            self._serving()
            try:
                return self._ready_heap().fork(), Restored(0, 0)
            except WorkerDied:
                # The log is what counts: a rebuild serves as well, or tells what is wrong.
                self.drop_heap()
        return catch_up(None, self.state, self._services)

    def warm(self) -> None:
        """Have the heap ready for the next use, if the session can take one."""
        if self.state.status == "active":
            self._ready_heap()

    def take(self, events: Iterable[StoredEvent]) -> None:
        """Apply events that another process appended; the heap follows at its next use."""
        for event in events:
            self.state.apply(event)

    def require_open(self) -> None:
        """Raise `RefusedError` when the session has ended."""
        state = self.state
        if state.ended is not None:
            why = f": {state.ended_reason.rstrip('.')}" if state.ended_reason else ""
            hints = ["`vmgit session list` shows those that are open."]
            if state.ended == "lost":
                hints = [f"Its recording is kept: `vmgit replay {state.label}` shows it.", *hints]
            raise RefusedError(
                f"session {state.label} is {state.status}{why}.",
                hints=hints,
                details={"session": state.id, "status": state.status},
            )

    def close(self, reason: str = "") -> None:
        """Close the session for good. Raises `RefusedError` when it has ended already."""
        self.require_open()
        # Nobody waits for the end of an ephemeral session; the next host closes it if it is lost.
        durable = not self.state.created.ephemeral
        self._services.recorder.append(self.state, [Closed(reason)], durable=durable)
        self.drop_heap()

    def drop_heap(self) -> None:
        """End the realm and its checkpoint; the next use rebuilds it from the log."""
        if self._heap is not None:
            self._heap.close()
            self._heap = None

    def _took_us(self, steps: int) -> int:
        """Return how long all steps but the first `steps` took to run, microseconds."""
        ends = (self.state.executions[step.number].finished for step in self.state.steps[steps:])
        return sum(end.duration_us for end in ends if end is not None)

    def _fall_back(self) -> None:
        """Have the checkpoint take the place of a heap that cannot be used again."""
        if self._heap is not None:
            self._heap = self._heap.fall_back()

    def _serving(self) -> Ready | Refreshed:
        self.require_open()
        state = self.state
        if state.serving is None:
            why = state.failed.message if state.failed is not None else "it never finished starting"
            raise RefusedError(
                f"session {state.label} has crashed: {why.rstrip('.')}.",
                hints=["Mend the file; the next `vmgit run` starts the session again."],
                details={"session": state.id},
            )
        return state.serving

    def _ready_heap(self) -> Heap:
        """Return the heap, caught up with the log; differences are recorded and kept."""
        heap, self._heap = self._heap, None
        if heap is not None and not heap.realm.is_alive():
            heap = heap.fall_back()
        self._heap, restored = self._caught_up(heap)
        if restored.total:
            self.restored = restored
        if restored.first_difference is not None or (
            restored.total and self._services.record_restored
        ):
            self._services.recorder.append(self.state, [restored], durable=True)
        return self._heap

    def _caught_up(self, heap: Heap | None) -> tuple[Heap, Restored]:
        """Return a heap in which every step has run; the session is lost when that fails twice.

        Raises `RefusedError` then, and `UnavailableError` for what may be there another time.
        """
        services = self._services
        try:
            return catch_up(heap, self.state, services)
        except Unrepeatable:
            # Whatever was wrong with that process: once more, in one that shares nothing with it.
            alone = services.open_alone or services.open_realm
        try:
            return catch_up(None, self.state, replace(services, open_realm=alone))
        except Unrepeatable as failed:
            services.recorder.append(self.state, [Lost(failed.reason)], durable=True)
        self.require_open()
        raise AssertionError(f"session {self.state.id} is lost and goes on")
