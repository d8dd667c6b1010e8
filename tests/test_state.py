"""The fold: what a session is, from its events and from nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vmgit.events import execution as ex
from vmgit.events import session as se
from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import encode
from vmgit.execution import fold_execution
from vmgit.limits import Limits
from vmgit.outcome import ConsoleLine, HostCall, LimitHit, Outcome, Status
from vmgit.state import SessionState, Step, fold

OLD, NEW = {"refresh": "rerun"}, {"refresh": "rebuild"}


class Stream:
    """Events of one session, numbered as the log would."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.add(se.Created(tree="t0", profile="default", seed="5e" * 16, vmgit="1"))

    def add(self, payload: msgspec.Struct, number: int | None = None) -> Stream:
        """Add an event of the session, or of its execution `number`."""
        new = encode(payload, execution=None if number is None else f"s.{number}")
        version = len(self.events) + 1
        self.events.append(
            StoredEvent(
                10 * version,
                "s",
                version,
                new.type,
                new.schema,
                1000 + version,
                new.execution,
                "tests",
                "main",
                new.payload,
                "0",
                "0",
            )
        )
        return self

    def run(self, number: int, *, kind: Any = "repl", tree: str = "t1", end: Any = "ok") -> Stream:
        """Add an execution: with a status at its end, `aborted`, or no end (None)."""
        path = f"f{number}.js" if kind != "repl" else None
        self.add(
            ex.Started(
                tree=tree, number=number, kind=kind, blob="b", generation=1, seed="5e" * 16,
                limits=Limits(), vmgit="1", engine="e", path=path,
            ),
            number,
        )  # fmt: skip
        if end == "aborted":
            return self.add(ex.Aborted("died"), number)
        if end is not None:
            digest = f"d{number}"
            finished = ex.Finished(status=end, digest=digest, duration_us=1, cpu_us=1)
            self.add(finished, number)
        return self

    def ready(self, *startup: int) -> Stream:
        """Add the first generation."""
        return self.add(se.Ready(**_generation(1, "t1", OLD, startup)))

    def refreshed(self, *startup: int, fresh: bool = False, replayed: Any = ()) -> Stream:
        """Add a further generation, on tree `t2` with another profile."""
        again = tuple(se.Replayed(number, f"again{number}") for number in replayed)
        facts = _generation(self.state.generation + 1, "t2", NEW, startup)
        changed = ("f1.js",)
        return self.add(
            se.Refreshed(**facts, mode="rerun", fresh=fresh, changed=changed, replayed=again)
        )

    def failed(self) -> Stream:
        """Add a refresh that failed."""
        return self.add(
            se.RefreshFailed(
                tree="t2", generation=9, changed=(), message="it threw", files={}, deps={}
            )
        )

    @property
    def state(self) -> SessionState:
        """The fold of the events."""
        return fold(self.events)

    @property
    def steps(self) -> list[tuple[int, str, str]]:
        """What a rebuild runs: number, tree, digest."""
        return [(step.number, step.tree, step.digest) for step in self.state.steps]


def _generation(
    number: int, tree: str, effective: dict[str, Any], startup: tuple[int, ...]
) -> dict[str, Any]:
    entries = tuple(se.StartupFile(f"f{number}.js", "auto", number) for number in startup)
    return {
        "tree": tree,
        "generation": number,
        "effective": effective,
        "files": {},
        "startup": entries,
        "duration_us": 1,
    }


def test_a_session_grows_from_starting_to_closed() -> None:
    stream = Stream()
    assert (stream.state.status, stream.state.generation) == ("starting", 0)
    stream.failed()
    assert (stream.state.status, stream.state.generation) == ("crashed", 0)
    stream.run(1, kind="startup").ready(1)
    assert (stream.state.status, stream.state.generation) == ("active", 1)
    assert stream.state.failed is None
    stream.failed()
    assert (stream.state.status, stream.state.generation) == ("active", 1)
    assert stream.state.failed is not None
    stream.add(se.Closed("enough"))
    assert (stream.state.status, stream.state.ended_reason) == ("closed", "enough")


def test_a_lost_session_says_why() -> None:
    state = Stream().ready().add(se.Lost("objects are gone")).state
    assert (state.status, state.ended_reason) == ("lost", "objects are gone")


def test_steps_are_the_startup_then_what_ended_by_itself() -> None:
    stream = Stream().run(1, kind="startup").run(2, kind="startup").ready(1, 2)
    stream.run(3).run(4, end="error").run(5, end="limit").run(6, end="cancelled")
    stream.run(7, end="aborted").run(8, kind="file", tree="t3").run(9, end=None)
    assert stream.steps == [
        (1, "t1", "d1"),
        (2, "t1", "d2"),
        (3, "t1", "d3"),
        (4, "t1", "d4"),
        (8, "t3", "d8"),
    ]
    statuses = [execution.status for execution in stream.state.executions.values()]
    assert statuses == ["ok", "ok", "ok", "error", "limit", "cancelled", "aborted", "ok", "running"]
    assert stream.state.next_number == 10


def test_a_rerun_adds_the_entries_that_ran_again_to_the_same_heap() -> None:
    stream = Stream().run(1, kind="startup").run(2, kind="startup").ready(1, 2).run(3)
    stream.run(4, kind="startup", tree="t2").refreshed(1, 4).run(5, tree="t2")
    assert [number for number, _, _ in stream.steps] == [1, 2, 3, 4, 5]
    state = stream.state
    assert (state.epoch, state.generation) == (1, 2)
    assert state.base is not None
    assert state.base.generation == 1
    assert [step.effective for step in state.steps] == [OLD, OLD, OLD, NEW, NEW]


def test_a_failed_refresh_leaves_no_step() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2)
    stream.run(3, kind="startup").run(4, kind="startup", end="error").failed()
    assert [number for number, _, _ in stream.steps] == [1, 2]


def test_a_fresh_generation_begins_anew() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2)
    stream.run(3, kind="startup", tree="t2").refreshed(3, fresh=True)
    assert stream.steps == [(3, "t2", "d3")]
    state = stream.state
    assert (state.epoch, state.base) == (2, state.serving)


def test_a_replayed_generation_runs_old_executions_on_the_new_tree() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).run(3, kind="file", tree="t9")
    stream.run(4, kind="startup", tree="t2").refreshed(4, fresh=True, replayed=(2, 3))
    assert stream.state.steps == [
        Step(4, "t2", NEW, "d4"),
        Step(2, "t2", NEW, "again2"),
        Step(3, "t2", NEW, "again3"),
    ]


def numbers(stream: Stream) -> list[int]:
    return [number for number, _, _ in stream.steps]


def test_an_undo_takes_the_last_steps_and_a_redo_brings_them_back() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).run(3, end="error").run(4)
    steps = stream.steps
    stream.run(5, end="limit").add(se.Undone((3, 4), back_to=2))
    state = stream.state
    assert numbers(stream) == [1, 2]
    assert (state.undone, state.epoch, state.next_number) == ({3, 4}, 2, 6)
    assert [one.number for one in state.undoable] == [2]
    stream.add(se.Undone((2,)))
    assert numbers(stream) == [1]
    stream.run(6, end="limit").failed()
    stream.add(se.Redone((2,)))
    assert numbers(stream) == [1, 2]
    stream.add(se.Redone((3, 4)))
    state = stream.state
    assert stream.steps == steps
    assert (state.undone, state.redoable, state.epoch) == (set(), [], 3)


@pytest.mark.parametrize("end", ["ok", "error"])
def test_nothing_comes_back_once_another_one_ran(end: Status) -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).add(se.Undone((2,))).run(3, end=end)
    assert numbers(stream) == [1, 3]
    assert (stream.state.redoable, stream.state.undone) == ([], {2})
    with pytest.raises(ValueError, match=r"cannot redo \(2,\)"):
        _ = stream.add(se.Redone((2,))).state


@pytest.mark.parametrize("fresh", [True, False])
def test_a_generation_ends_what_can_be_undone_and_redone(fresh: bool) -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).run(3).add(se.Undone((3,), back_to=2))
    stream.run(4, kind="startup").refreshed(4, fresh=fresh)
    state = stream.state
    assert (state.undoable, state.redoable, state.undone) == ([], [], {3})
    assert numbers(stream) == ([4] if fresh else [1, 2, 4])
    stream.run(5)
    assert [one.number for one in stream.state.undoable] == [5]
    with pytest.raises(ValueError, match=r"cannot undo \(4, 5\)"):
        _ = stream.add(se.Undone((4, 5))).state


@pytest.mark.parametrize("executions", [(), (2,), (3, 2), (1, 2, 3), (2, 3, 4)])
def test_an_undo_that_was_never_possible_is_refused(executions: tuple[int, ...]) -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).run(3)
    with pytest.raises(ValueError, match="cannot undo"):
        _ = stream.add(se.Undone(executions)).state


def test_the_timeline_keeps_attempts_and_executions_in_order() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).failed().run(3)
    kinds = [
        item if isinstance(item, int) else type(item).__name__ for item in stream.state.timeline
    ]
    assert kinds == [1, "Ready", 2, "RefreshFailed", 3]


def test_applying_one_by_one_is_the_same_as_folding_all() -> None:
    stream = Stream().run(1, kind="startup").ready(1).run(2).failed().run(3, end="limit")
    state = fold(stream.events[:1])
    for event in stream.events[1:]:
        state.apply(event)
    assert state == stream.state


@pytest.mark.parametrize("change", [{"version": 3}, {"version": 1}, {"stream": "other"}])
def test_a_gap_or_a_foreign_event_is_refused(change: dict[str, Any]) -> None:
    stream = Stream().ready()
    event = stream.events[1]._replace(**change)
    with pytest.raises(ValueError, match=r"expected s/2"):
        fold([stream.events[0], event])


def test_a_stream_begins_with_its_creation() -> None:
    stream = Stream().ready()
    with pytest.raises(ValueError, match=r"does not begin with session\.created"):
        fold(stream.events[1:])
    with pytest.raises(ValueError, match="without events"):
        fold([])


def test_an_end_before_any_generation_is_refused() -> None:
    """Such a log was not written by vmgit; it must not be taken for a session."""
    with pytest.raises(ValueError, match=r"s\.1 ended before any generation served"):
        _ = Stream().run(1).state
    with pytest.raises(ValueError, match=r"startup execution s\.1 serves but never finished"):
        _ = Stream().run(1, kind="startup", end=None).ready(1).state


def test_events_of_a_later_version_are_passed_over() -> None:
    stream = Stream().run(1, kind="startup").ready(1)
    last = stream.events[-1]
    version = len(stream.events) + 1
    for execution in (None, "s.1"):
        stream.events.append(
            last._replace(seq=10 * version, version=version, type="x.new", execution=execution)
        )
        version += 1
    assert (stream.state.status, stream.state.version) == ("active", version - 1)


def test_an_execution_folds_from_its_own_events() -> None:
    stream = Stream().ready().run(1, end=None)
    stream.add(ex.Console("log", "one"), 1).add(ex.Call("kv.get", {"key": "a"}, 5), 1)
    stream.add(ex.LimitExceeded("wall_ms", 10, 20), 1)
    stream.add(ex.Finished(status="limit", digest="d", duration_us=1, cpu_us=1), 1)
    execution = fold_execution(stream.events[2:])
    assert execution == stream.state.executions[1]
    assert (execution.id, execution.status, execution.completed) == ("s.1", "limit", False)
    assert execution.outcome() == Outcome(
        "limit",
        trace=(ConsoleLine("log", "one"), HostCall("kv.get", {"key": "a"}, 5)),
        limit=LimitHit("wall_ms", 10, 20),
    )


@pytest.mark.parametrize(("end", "status"), [("aborted", "aborted"), (None, "running")])
def test_what_has_no_end_has_no_outcome(end: Status | None, status: str) -> None:
    execution = Stream().ready().run(1, end=end).state.executions[1]
    with pytest.raises(ValueError, match=f"execution s.1 has no outcome: it is {status}"):
        execution.outcome()


def test_an_execution_does_not_fold_from_other_events() -> None:
    stream = Stream().ready()
    for events in ([], stream.events):
        with pytest.raises(ValueError, match=r"do not begin with execution\.started"):
            fold_execution(events)
