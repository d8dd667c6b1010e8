"""Undo and redo with real workers: what comes back, what does not, who is told."""

from __future__ import annotations

from contextlib import closing

import pytest
from hosted import Hosted, everything_compares
from msgspec.structs import replace

from vmgit.engine.process import WorkerRealm
from vmgit.errors import BusyError, RefusedError, UnavailableError, UsageError
from vmgit.events import execution as ex
from vmgit.events.session import Redone, Undone

BASE, RATES = "startup/00-base.js", "lib/rates.js"
KV = "const kv = require('vmgit:kv'); "


@pytest.mark.parametrize("warm", [True, False])
def test_an_undo_goes_back_to_before_the_last_executions(hosted: Hosted, warm: bool) -> None:
    live = hosted.new()
    hosted.value(live, f"{KV}kv.set('n', 1); let n = 1; const list = []; n")
    hosted.value(live, "n = 2; kv.set('n', 2); list.push(Math.random()); n")
    hosted.run(live, "n = 3; kv.set('more', 3); throw n")
    if not warm:
        live.drop_heap()
    assert hosted.undo(live, 2) == [4, 5]
    assert hosted.payloads(live, "session.undone") == [Undone((4, 5), back_to=3)]
    assert hosted.value(live, "[n, kv.get('n'), kv.list(), list]") == "[ 1, 1, [ 'n' ], [] ]"
    assert live.state.executions[6].number == 6
    everything_compares(hosted, live)


def test_a_redo_brings_back_what_the_last_undo_took(hosted: Hosted) -> None:
    live = hosted.new()
    for text in (f"{KV}let n = Math.random()", "n += Math.random()", "kv.set('n', n)"):
        hosted.run(live, text)
    before = (live.state.steps[:], hosted.rebuild(live).total)
    assert hosted.undo(live) == [5]
    assert hosted.undo(live, 2) == [3, 4]
    assert hosted.redo(live) == [3, 4]
    live.drop_heap()
    assert hosted.redo(live) == [5]
    assert hosted.payloads(live, "session.redone") == [Redone((3, 4)), Redone((5,))]
    assert (live.state.steps, hosted.rebuild(live).total) == before
    assert hosted.value(live, "kv.get('n') === n") == "true"
    everything_compares(hosted, live)


def test_an_undo_of_what_a_redo_brought_back(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "let n = 1")
    hosted.run(live, "n = 2")
    for _ in range(3):
        assert hosted.undo(live) == [4]
        assert hosted.redo(live) == [4]
    assert hosted.value(live, "n") == "2"
    everything_compares(hosted, live)


def test_executions_that_left_nothing_do_not_count_and_stay(hosted: Hosted) -> None:
    hosted.folder.profile(f'startup = ["{BASE}"]\n[limits]\nevents = 5\n')
    live = hosted.new()
    hosted.run(live, "let n = 1")
    hosted.run(live, "n = 2")
    hosted.run(live, "n = 3; for (;;) console.log(n)")
    assert hosted.undo(live) == [3]
    hosted.run(live, "n = 4; for (;;) console.log(n)")
    assert hosted.redo(live) == [3], "an execution that left no trace must not end the redo"
    assert hosted.value(live, "n") == "2"
    assert [row.verdict for row in everything_compares(hosted, live)] == [
        *["same"] * 3, "skipped", "skipped", "same",
    ]  # fmt: skip


def test_nothing_comes_back_once_another_one_ran(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "let n = 1")
    hosted.undo(live)
    hosted.value(live, "typeof n")
    with pytest.raises(RefusedError, match="has nothing to redo") as caught:
        hosted.redo(live)
    assert "until another one ran" in caught.value.hints[0]
    assert hosted.value(live, "typeof n") == "'undefined'", "a refused redo keeps the heap"


@pytest.mark.parametrize("mode", ["rerun", "rebuild", "replay"])
def test_an_undo_does_not_cross_a_refresh(hosted: Hosted, mode: str) -> None:
    """Nor does a refresh bring back what was undone before it."""
    hosted.folder.profile(f'refresh = "{mode}"\nstartup = ["{BASE}", "startup/10-rules.js"]\n')
    live = hosted.new(name="shop")
    hosted.run(live, "var n = 1")
    hosted.run(live, "n = 2; var gone = true")
    hosted.undo(live)
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.update(live)
    assert hosted.value(live, "[rate, typeof n, typeof gone]") == (
        "[ 4, 'undefined', 'undefined' ]" if mode == "rebuild" else "[ 4, 'number', 'undefined' ]"
    )
    end = live.state.version
    with pytest.raises(RefusedError) as caught:
        hosted.undo(live, 2)
    assert caught.value.message == (
        "session shop has only 1 execution to undo since generation 2 began, "
        "and an undo does not cross a refresh."
    )
    assert caught.value.hints == ("`vmgit session undo shop 1` undoes what can be undone.",)
    assert caught.value.details["undoable"] == [f"{live.state.id}.{max(live.state.executions)}"]
    with pytest.raises(RefusedError, match="has nothing to redo"):
        hosted.redo(live)
    assert live.state.version == end
    hosted.undo(live)
    with pytest.raises(RefusedError, match="has no execution to undo since generation 2 began"):
        hosted.undo(live)
    everything_compares(hosted, live)


def test_a_failed_refresh_is_no_border(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "let n = 1")
    hosted.run(live, "n = 2")
    hosted.folder.write(RATES, "throw 1")
    hosted.update(live)
    assert hosted.undo(live) == [4]
    hosted.folder.write(RATES, "throw 2")
    hosted.update(live)
    assert hosted.redo(live) == [4]
    assert hosted.value(live, "n") == "2"
    everything_compares(hosted, live)


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_that_is_none(hosted: Hosted, count: int) -> None:
    live = hosted.new()
    hosted.run(live, "1")
    with pytest.raises(UsageError, match="give 1 or more"):
        hosted.undo(live, count)


def test_what_has_ended_or_never_began_cannot_be_undone(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "1")
    with hosted.workspace.hosting():
        live.close()
    hosted.folder.write(BASE, "boom()")
    crashed = hosted.new()
    for one, why in ((live, "is closed"), (crashed, "has crashed")):
        for change in (hosted.undo, hosted.redo):
            with pytest.raises(RefusedError, match=why):
                change(one)


def test_an_undo_reaches_the_heap_of_another_host(hosted: Hosted, template: WorkerRealm) -> None:
    """Both keep warm heaps; each undo and redo must be seen by the other one's."""
    live = hosted.new()
    with closing(Hosted(hosted.folder, template, actor="other")) as other:
        with other.workspace.hosting() as sessions:
            twin = sessions.get(live.state.id)
        hosted.value(live, "var n = 1")
        assert other.value(twin, "n += 1") == "2"
        hosted.undo(live)
        assert other.value(twin, "n") == "1"
        assert hosted.value(live, "n += 10") == "11"
        other.undo(twin)
        other.redo(twin)
        assert hosted.value(live, "n") == "11"
        other.undo(twin, 2)
        hosted.redo(live)
        assert other.value(twin, "n") == "11"
        everything_compares(other, twin)


def test_a_heap_that_cannot_be_made_leaves_session_and_log_alone(hosted: Hosted) -> None:
    """As after a change of the engine: an execution does not end by itself any more."""
    live = hosted.new()
    for text in ("let n = 1", "n = 2", "n = 3"):
        hosted.value(live, text)

    def spoil(number: int) -> ex.Started:
        execution = live.state.executions[number]
        before = execution.started
        execution.started = replace(before, text="for (;;) console.log(1)")
        return before

    before, end = spoil(3), live.state.version
    with pytest.raises(UnavailableError, match="cannot be rebuilt"):
        hosted.undo(live)
    assert live.state.version == end
    assert hosted.value(live, "n") == "3", "the heap that serves is still there"
    live.state.executions[3].started = before
    hosted.undo(live, 3)
    before, end = spoil(5), live.state.version
    with pytest.raises(UnavailableError, match="cannot be rebuilt"):
        hosted.redo(live)
    assert live.state.version == end
    live.state.executions[5].started = before
    assert hosted.value(live, "n") == "1"


def test_nothing_changes_while_an_execution_runs(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "1")
    live.state.executions[3].finished = None
    for change in (live.undo, live.redo, live.copy_heap):
        with pytest.raises(BusyError, match=r"\.3 is running"):
            change()
