"""Live sessions: made, brought up to date, executed in, closed.

A `LiveSession` pairs the state that its events give with a heap that may be missing or behind;
every use first brings both to where the log stands, so any number of processes may take turns
under the host lock. How code runs, and how the log is stored, are the business of the layers
below.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .code import Code
from .engine.api import Job, WorkerDied
from .errors import NotFoundError, RefusedError, UsageError
from .events.envelope import StoredEvent
from .events.registry import encode
from .events.session import (
    Closed,
    Created,
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
from .profile_load import check_startup, list_profiles, load_profile
from .recorder import execution_seed
from .refresh.perform import block, perform
from .refresh.plan import Blocked, Plan, Reported, StillFailing, decide, profile_reader
from .state import SessionState, fold
from .version import __version__

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


class Log(Protocol):
    """The part of the event log that sessions read."""

    def read(
        self, *, stream: str | None = None, after: int = 0, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        """Return events in order; see `eventlog.log.EventLog.read`."""


@dataclass(frozen=True)
class Update:
    """What bringing a session up to date came to; None where nothing was due.

    `event` is what was appended; `still_failing` a failure that was not tried again; `reported`
    the changes that a profile with `refresh = "off"` only wants to hear of.
    """

    event: Ready | Refreshed | RefreshFailed | None = None
    still_failing: RefreshFailed | None = None
    reported: tuple[str, ...] = ()


class LiveSession:
    """One session and its heap. Use it only under the host lock, from one thread at a time."""

    def __init__(self, state: SessionState, services: Services) -> None:
        self.state = state
        self._services = services
        self._heap: Heap | None = None
        #: How the last rebuild compared with the log; None while none was needed.
        self.restored: Restored | None = None

    @property
    def profile(self) -> Profile:
        """The effective profile that serves. Raises `RefusedError` when no generation does."""
        return profile_of(self._serving().effective)

    def update(self, origin: Origin) -> Update:
        """Bring the session up to date with the tree of `origin` and record what that took.

        Raises `RefusedError` when the session has ended or is lost and `UnavailableError` when its
        heap cannot be rebuilt for now.
        """
        self.require_open()
        decision = decide(
            self.state, self._services.source(origin.tree), self._services.require_trust
        )
        match decision:
            case None:
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
            execution, intact = self._services.recorder.run(
                self.state,
                heap.realm,
                job,
                origin=origin,
                generation=self.state.generation,
                blob=code.blob,
                source=self._services.source(origin.tree),
                host=heap.host(profile),
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
        if restored.first_difference is not None:
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


class Sessions:
    """Makes and finds the sessions of a workspace; keeps their heaps while it lives."""

    def __init__(self, log: Log, services: Services, *, prefix: str) -> None:
        self._log = log
        self._services = services
        self._prefix = prefix
        self._live: dict[str, LiveSession] = {}

    def create(
        self,
        profile: str,
        origin: Origin,
        *,
        name: str | None = None,
        pinned: str | None = None,
        ephemeral: bool = False,
    ) -> LiveSession:
        """Make a session and run its startup; it is `crashed` when that fails.

        Raises `VmgitError`, with nothing recorded, when the profile is bad, its grants are not
        trusted or the name is taken.
        """
        self._forget_ended()
        self._services.require_trust(profile, self.check_profile(profile, origin))
        created = Created(
            tree=origin.tree,
            commit=origin.commit,
            dirty=origin.dirty,
            profile=profile,
            seed=os.urandom(16).hex(),
            name=name,
            prefix=self._prefix,
            pinned=pinned,
            ephemeral=ephemeral,
            vmgit=__version__,
        )
        recorder = self._services.recorder
        try:
            stored = recorder.create(new_session_id(), encode(created))
        except UsageError as error:
            if error.kind != "name_taken":
                raise
            raise UsageError(
                f"Another session of this repository has the name {name!r} already.",
                hints=error.hints,
                details={"name": name},
                code=error.kind,
            ) from error
        live = self._live[stored.stream] = LiveSession(fold([stored]), self._services)
        live.update(origin)
        return live

    def check_profile(self, name: str, origin: Origin) -> Profile:
        """Return the effective profile `name` of a tree. Raises `VmgitError` when it is bad."""
        source = self._services.source(origin.tree)
        loaded = load_profile(
            name, profile_reader(source, {}), known=lambda: list_profiles(source.list)
        )
        check_startup(loaded, lambda path: source.lookup(path) is not None, source.list)
        return loaded.effective

    def get(self, session: str) -> LiveSession:
        """Return the session with this full id, as the log has it now.

        Raises `NotFoundError` when there is none.
        """
        live = self._live.get(session)
        if live is not None:
            live.take(self._log.read(stream=session, after=live.state.last_seq))
            if live.state.ended is not None:
                live.drop_heap()
            return live
        self._forget_ended()
        events = list(self._log.read(stream=session))
        if not events:
            raise NotFoundError(f"there is no session {session}.", hints=["vmgit session list"])
        live = self._live[session] = LiveSession(fold(events), self._services)
        return live

    def abort_open(self, session: str, reason: str) -> list[Execution]:
        """Close the executions of a session that have no end; nobody runs them any more."""
        live = self.get(session)
        open_ones = [e for e in live.state.executions.values() if e.status == "running"]
        for execution in open_ones:
            self._services.recorder.abort(live.state, execution.number, reason)
        return open_ones

    def _forget_ended(self) -> None:
        """Drop the sessions that take nothing any more; their log has all there is to know."""
        # A copy, because other threads make and find sessions meanwhile.
        for live in list(self._live.values()):
            if live.state.ended is not None:
                live.drop_heap()
                self._live.pop(live.state.id, None)

    def close(self) -> None:
        """End every heap. The sessions themselves stay as the log says."""
        for live in list(self._live.values()):
            live.drop_heap()


def new_session_id() -> str:
    """Return a random session id: a letter and seven letters or digits that are easy to tell."""
    raw = os.urandom(8)
    first = _ALPHABET[raw[0] % 24]
    return first + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in raw[1:])
