"""Forks with real workers: what they begin with, and that they go on alone."""

from __future__ import annotations

import pytest
from hosted import Hosted, everything_compares

from vmgit.code import prompt_code
from vmgit.errors import RefusedError, UsageError
from vmgit.events.session import Forked

BASE, RATES = "startup/00-base.js", "lib/rates.js"
KV = "const kv = require('vmgit:kv'); "


@pytest.mark.parametrize("warm", [True, False])
def test_a_fork_goes_on_alone(hosted: Hosted, warm: bool) -> None:
    live = hosted.new(name="shop")
    hosted.value(live, f"{KV}kv.set('n', 1); let n = 1; const f = () => n; n")
    if not warm:
        live.drop_heap()
    version = live.state.version
    fork = hosted.fork(live, "twin")
    (forked,) = hosted.payloads(fork, "session.forked")
    assert isinstance(forked, Forked)
    assert (forked.parent, forked.version, forked.name) == (live.state.id, version, "twin")
    assert forked.seed != live.state.created.seed
    assert (fork.state.label, fork.state.status, fork.state.generation) == ("twin", "active", 1)
    assert hosted.value(live, "n = 2; kv.set('n', 2); f()") == "2"
    assert hosted.value(fork, "[f(), kv.get('n'), twice(rate)]") == "[ 1, 1, 6 ]"
    assert hosted.value(fork, "n = 3; kv.delete('n'); f()") == "3"
    assert hosted.value(live, "[f(), kv.get('n')]") == "[ 2, 2 ]"
    assert [one.id for one in fork.state.own] == [f"{fork.state.id}.4", f"{fork.state.id}.5"]
    assert live.state.version == version + len(hosted.types(live)[version:])
    rows = everything_compares(hosted, fork)
    assert [row.execution.partition(".")[0] for row in rows] == [
        *[live.state.id] * 3, *[fork.state.id] * 2,
    ]  # fmt: skip
    everything_compares(hosted, live)


def test_chance_is_the_forks_own(hosted: Hosted) -> None:
    live = hosted.new()
    fork = hosted.fork(live)
    assert hosted.value(live, "Math.random()") != hosted.value(fork, "Math.random()")


def test_an_undo_in_a_fork_reaches_its_parents_executions_for_the_fork_alone(
    hosted: Hosted,
) -> None:
    live = hosted.new()
    hosted.value(live, "let n = 1")
    hosted.value(live, "n = 2")
    fork = hosted.fork(live)
    hosted.value(fork, "n = 3")
    assert hosted.undo(fork, 2) == [4, 5]
    assert hosted.value(fork, "n") == "1"
    assert hosted.value(live, "n") == "2"
    views = hosted.workspace.views
    flags = [row.undone for row in views.executions(limit=None) if row.number in (4, 5, 6)]
    assert flags == [False, False, True, False]
    assert fork.state.undone == {4, 5}
    assert live.state.undone == set()
    everything_compares(hosted, fork)
    everything_compares(hosted, live)


def test_a_redo_goes_along_into_the_fork(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "let n = 1")
    hosted.undo(live)
    fork = hosted.fork(live)
    assert hosted.redo(fork) == [3]
    assert hosted.value(fork, "n") == "1"
    assert hosted.value(live, "typeof n") == "'undefined'"
    everything_compares(hosted, fork)


def test_a_fork_refreshes_by_itself_and_survives_its_parent(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "let n = rate")
    fork = hosted.fork(live)
    with hosted.workspace.hosting():
        live.close("enough")
    assert hosted.workspace.followers() == [fork.state.id]
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    assert hosted.value(fork, "[n, rate]") == "[ 3, 4 ]"
    assert (fork.state.generation, live.state.generation) == (2, 1)
    # The startup files are those of the parent's history; their executions have its name.
    assert [entry.execution for entry in fork.state.serving.startup] == [1, 4]  # type: ignore[union-attr]
    everything_compares(hosted, fork)


def test_a_replay_refresh_of_a_fork_runs_its_parents_executions_again(hosted: Hosted) -> None:
    hosted.folder.profile(f'refresh = "replay"\nstartup = ["{BASE}", "startup/10-rules.js"]\n')
    live = hosted.new()
    hosted.value(live, "let n = rate")
    hosted.value(live, "n *= 10")
    fork = hosted.fork(live)
    hosted.undo(fork)
    hosted.value(fork, "n += 1")
    hosted.folder.write(RATES, "exports.rate = 5;\n")
    assert hosted.value(fork, "n") == "6"
    assert [again.execution for again in fork.state.serving.replayed] == [3, 5]  # type: ignore[union-attr]
    everything_compares(hosted, fork)


def test_forks_of_forks(hosted: Hosted) -> None:
    one = hosted.new()
    hosted.value(one, "const path = ['one']")
    two = hosted.fork(one)
    hosted.value(two, "path.push('two')")
    three = hosted.fork(two)
    two.drop_heap()
    hosted.value(three, "path.push('three')")
    three.drop_heap()
    four = hosted.fork(three)
    assert hosted.value(four, "path") == "[ 'one', 'two', 'three' ]"
    hosted.undo(four, 3)
    assert hosted.value(four, "path") == "[ 'one' ]"
    everything_compares(hosted, four)


def test_a_pinned_session_has_pinned_forks(hosted: Hosted) -> None:
    live = hosted.new(at="HEAD")
    fork = hosted.fork(live)
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    assert hosted.value(fork, "rate") == "3"
    row = hosted.workspace.views.session(fork.state.id)
    assert row is not None
    assert (row.pinned, row.parent, row.ephemeral) == ("HEAD", live.state.id, False)


def test_what_one_run_did_can_live_on(hosted: Hosted) -> None:
    with hosted.workspace.hosting() as sessions:
        origin = hosted.workspace.snapshot()
        live = sessions.create("default", origin, ephemeral=True)
        live.execute(prompt_code("let n = 7", live.profile.limits), origin)
        live.close("one run")
    end = live.state.version
    fork = hosted.fork(live)
    assert hosted.value(fork, "n") == "7"
    assert not fork.state.created.ephemeral
    assert hosted.state(live).version == end, "a fork must not write to a closed session"
    everything_compares(hosted, fork)


def test_what_cannot_be_forked(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    hosted.value(live, "1")
    end = hosted.workspace.log.last_seq()
    with pytest.raises(UsageError, match="has the name 'shop' already") as caught:
        hosted.fork(live, "shop")
    assert caught.value.kind == "name_taken"
    assert hosted.workspace.log.last_seq() == end
    hosted.folder.write(BASE, "boom()")
    crashed = hosted.new()
    end = hosted.workspace.log.last_seq()
    with pytest.raises(RefusedError, match="has crashed"):
        hosted.fork(crashed)
    assert hosted.workspace.log.last_seq() == end
    with hosted.workspace.hosting():
        crashed.close()
    with pytest.raises(RefusedError, match="is closed and cannot be forked: it never started"):
        hosted.fork(crashed)


def test_a_fork_can_be_named_and_found_through_its_parents_numbers(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    hosted.value(live, "1")
    fork = hosted.fork(live, "twin")
    hosted.value(live, "2")
    views = hosted.workspace.views
    assert views.find_execution("twin.3").id == f"{live.state.id}.3"
    with pytest.raises(UsageError, match="has no execution 4"):
        views.find_execution("twin.4")
    hosted.value(fork, "3")
    assert views.find_execution("twin.4").id == f"{fork.state.id}.4"
    assert views.find_execution("shop.4").id == f"{live.state.id}.4"
