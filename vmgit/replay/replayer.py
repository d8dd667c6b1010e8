"""Replays a whole session: every recorded execution again, each with a verdict.

It follows the recording's timeline with heaps of its own and never appends to the log. Where an
undo went back and something else ran, a copy of the heap is kept, so that undone executions and
those after them all run on the state that they had. What is read where is the `Target`'s business;
how one execution is played is the player's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vmgit.code import file_code
from vmgit.engine.api import Job, Result, WorkerDied
from vmgit.errors import UnavailableError, VmgitError
from vmgit.events.session import Ready, Redone, Refreshed, RefreshFailed, Undone
from vmgit.execution import Execution
from vmgit.heap import Heap, Services, new_heap, recorded_text
from vmgit.profile import Profile
from vmgit.recorder import execution_seed
from vmgit.state import SessionState

from .compare import Row, Verdict, compare
from .places import START, Place, needs_heap, places
from .player import RecordedHost, play, relaxed
from .target import Attempt, Entry, Target


@dataclass
class _Stage:
    """A heap to run in with the profile that serves there, or why nothing can run."""

    heap: Heap | None = None
    profile: Profile | None = None
    verdict: Verdict = "failed"
    cause: str = "no generation had started"

    def fail(self, error: VmgitError | WorkerDied | str) -> None:
        """Give the heap up because of `error`."""
        self.close()
        self.verdict = "unavailable" if isinstance(error, UnavailableError) else "failed"
        self.cause = str(error)

    def copy(self) -> _Stage:
        """Return an independent copy; both have no heap where its worker is gone."""
        try:
            return replace(self, heap=self.heap.fork() if self.heap is not None else None)
        except WorkerDied as error:
            self.fail(error)
            return replace(self)

    def close(self) -> None:
        """End the heap."""
        if self.heap is not None:
            self.heap.close()
            self.heap = None


class Replayer:
    """Replays one session at one target. Use `rows` once, then `close`."""

    def __init__(self, state: SessionState, services: Services, target: Target) -> None:
        self._state = state
        self._services = services
        self._target = target
        self._stage = _Stage()
        self._place = START
        #: How often a state is still needed, and the copies of those that were left.
        self._uses = Counter(
            place
            for moment, place in zip(state.timeline, places(state), strict=True)
            if needs_heap(moment, state)
        )
        self._copies: dict[Place, _Stage] = {}
        self._undone: set[int] = set()

    def close(self) -> None:
        """End the heaps."""
        for stage in (self._stage, *self._copies.values()):
            stage.close()
        self._copies.clear()

    def rows(self) -> Iterator[Row]:
        """Yield a row for each recorded execution, in order."""
        pending: list[Execution] = []
        for item, place in zip(self._state.timeline, places(self._state), strict=True):
            if isinstance(item, Undone):
                self._undone.update(item.executions)
                continue
            if isinstance(item, Redone):
                self._undone.difference_update(item.executions)
                continue
            if needs_heap(item, self._state):
                self._go_to(place)
            if isinstance(item, int):
                execution = self._state.executions[item]
                if execution.started.kind == "startup":
                    pending.append(execution)
                    continue
                yield from self._unclaimed(pending)
                pending = []
                yield self._own(execution)
            else:
                claimed = _claimed(item, pending)
                yield from self._unclaimed([one for one in pending if one not in claimed])
                pending = []
                yield from self._generation(item, claimed)
        yield from self._unclaimed(pending)

    def _go_to(self, place: Place) -> None:
        """Have the heap of a state ready for one use."""
        if place != self._place:
            if self._uses[self._place]:
                self._copies[self._place] = self._stage
            else:
                self._stage.close()
            self._stage, self._place = self._copies.pop(place), place
        self._uses[place] -= 1

    # -- generations -------------------------------------------------------------------------

    def _generation(self, attempt: Attempt, recorded: list[Execution]) -> Iterator[Row]:
        """Run the startup of a generation; it serves unless it failed when it was recorded."""
        if isinstance(attempt, RefreshFailed) and attempt.mode is None:
            return
        stage = _Stage()
        rows: dict[int, Row] = {}
        try:
            self._start(stage, attempt, recorded, rows)
        except (VmgitError, WorkerDied) as error:
            stage.fail(error)
        try:
            for execution in recorded:
                yield rows.get(execution.number) or self._not_run(execution, stage)
        except BaseException:
            # Whoever wanted the rows has gone; nobody else knows of this heap yet.
            stage.close()
            raise
        if isinstance(attempt, RefreshFailed):
            stage.close()
        else:
            self.close()
            self._stage, self._place = stage, (self._place[0] + 1, 0)

    def _start(
        self, stage: _Stage, attempt: Attempt, recorded: list[Execution], rows: dict[int, Row]
    ) -> None:
        profile = stage.profile = self._target.profile(attempt)
        fresh = isinstance(attempt, Ready) or attempt.fresh
        if not fresh and self._stage.heap is None:
            stage.verdict, stage.cause = self._stage.verdict, self._stage.cause
            return
        heap = new_heap(self._state, profile, self._services) if fresh else self._fork()
        stage.heap = heap
        for entry in self._target.entries(attempt, recorded):
            row, ended = self._entry(entry, attempt, heap, profile)
            if row is not None and entry.recorded is not None:
                rows[entry.recorded.number] = row
            if not ended:
                stage.fail(f"{entry.path} does not run to its end there")
                return
        if isinstance(attempt, Refreshed):
            for again in attempt.replayed:
                self._play(self._state.executions[again.execution], heap, profile, attempt.tree)

    def _fork(self) -> Heap:
        if self._stage.heap is None:
            raise ValueError("there is no heap to fork")
        return self._stage.heap.fork()

    def _entry(
        self, entry: Entry, attempt: Attempt, heap: Heap, profile: Profile
    ) -> tuple[Row | None, bool]:
        """Run one startup file; return its row, if it was recorded, and whether it ended well."""
        recorded = entry.recorded
        if recorded is None:
            return None, self._run_new(entry, attempt, heap, profile)
        if not recorded.completed:
            return self._skipped(recorded), False
        row, status = self._compared(recorded, heap, profile, attempt.tree)
        return row, status == "ok"

    def _run_new(self, entry: Entry, attempt: Attempt, heap: Heap, profile: Profile) -> bool:
        """Run a startup file that the recording did not have."""
        source = self._target.tree(attempt.tree)
        limits = relaxed(profile.limits)
        code = file_code("startup", entry.path, entry.mode, source, limits)
        job = Job(
            kind="startup",
            text=code.text,
            seed=execution_seed(self._state.created.seed, 0),
            path=code.path,
            mode=code.mode,
            # It was never recorded, so its clock stands still when the session was made.
            clock=((self._state.created_us // 1000, 1),),
            limits=limits,
        )
        # Nothing was recorded that could answer it, and a replay touches nothing outside.
        result = heap.realm.execute(job, source, RecordedHost([], heap.host(profile)))
        return result.intact and result.outcome.status == "ok"

    # -- executions --------------------------------------------------------------------------

    def _own(self, execution: Execution) -> Row:
        if not execution.completed:
            return self._skipped(execution)
        stage = self._stage
        if self._uses[self._place]:
            self._copies[self._place] = stage.copy()
        self._place = (self._place[0], execution.number)
        # Code of another revision may be stopped by a limit; the copy is what goes on then.
        spare = stage.copy()
        if stage.heap is None or stage.profile is None:
            return self._not_run(execution, stage)
        try:
            row, status = self._compared(execution, stage.heap, stage.profile, None)
        except UnavailableError as error:
            # What it did is missing from the heap: nothing can be said of those after it either.
            spare.close()
            stage.fail(error)
            return self._not_run(execution, stage)
        except (VmgitError, WorkerDied) as error:
            status = "died"
            row = self._row(execution, "failed", (str(error),))
        if status in ("ok", "error"):
            spare.close()
        else:
            self._stage.close()
            self._stage = spare
        return row

    def _compared(
        self, execution: Execution, heap: Heap, profile: Profile, tree: str | None
    ) -> tuple[Row, str]:
        """Play an execution; return its row and the status that it ended with."""
        result, unanswered = self._play(execution, heap, profile, tree)
        replayed = result.outcome
        finished = execution.finished
        if unanswered:
            asked = ", ".join(dict.fromkeys(unanswered))
            row = self._row(
                execution, "unanswered", (f"asked for {asked}", *self._causes(execution))
            )
            return row, replayed.status
        if finished is not None and replayed.digest() == finished.digest:
            return self._row(execution, "same"), replayed.status
        labels = (f"{execution.id} recorded", f"{execution.id} at {self._target.label}")
        difference = compare(execution.outcome(), replayed, labels)
        row = Row(
            execution.id,
            execution.started.kind,
            self._target.label,
            "different",
            self._causes(execution),
            difference,
        )
        return row, replayed.status

    def _causes(self, execution: Execution) -> tuple[str, ...]:
        """Return the changed files that an execution, or what it ran on, depends on."""
        executions = self._state.executions.values()
        earlier = [
            one
            for one in executions
            if one.number <= execution.number and one.completed and one.number not in self._undone
        ]
        return self._target.causes(earlier)

    def _play(
        self, execution: Execution, heap: Heap, profile: Profile, tree: str | None
    ) -> tuple[Result, list[str]]:
        source = self._target.tree(execution.started.tree if tree is None else tree)
        text = recorded_text(execution, source, self._services)
        registry = heap.host(profile)
        result, host = play(execution, text, heap.realm, source, registry)
        return result, [call.op for call in host.unanswered]

    # -- rows --------------------------------------------------------------------------------

    def _row(self, execution: Execution, verdict: Verdict, causes: tuple[str, ...] = ()) -> Row:
        return Row(execution.id, execution.started.kind, self._target.label, verdict, causes)

    def _skipped(self, execution: Execution) -> Row:
        return self._row(execution, "skipped", (f"it was recorded as {execution.status}",))

    def _not_run(self, execution: Execution, stage: _Stage) -> Row:
        if not execution.completed:
            return self._skipped(execution)
        if stage.heap is not None:
            path = execution.started.path
            return self._row(execution, "failed", (f"{path} is no startup file there",))
        return self._row(execution, stage.verdict, (stage.cause,))

    def _unclaimed(self, executions: list[Execution]) -> Iterator[Row]:
        """Yield the rows of startup executions whose refresh was cut short by a crash."""
        for execution in executions:
            yield self._row(execution, "skipped", ("its refresh never ended",))


def _claimed(attempt: Attempt, pending: list[Execution]) -> list[Execution]:
    """Return the startup executions that belong to an attempt; a crash may have left others."""
    if isinstance(attempt, RefreshFailed):
        ran = set(attempt.ran)
    else:
        ran = {entry.execution for entry in attempt.startup}
    return [one for one in pending if one.number in ran]
