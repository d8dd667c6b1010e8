"""Checkpoints: when one is made, and that it takes the place of a heap that was stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hosted import Hosted, console
from processes import family, gone

from vmgit.checkpoint import LARGE_KB, WHOLE, is_worth
from vmgit.engine.api import Cost
from vmgit.engine.process import WorkerRealm
from vmgit.live import LiveSession


def realm_of(live: LiveSession) -> WorkerRealm:
    """The realm that serves now."""
    assert live._heap is not None
    assert isinstance(live._heap.realm, WorkerRealm)
    return live._heap.realm


@contextmanager
def no_rebuild(hosted: Hosted) -> Iterator[None]:
    """Fail when anything opens a new realm: what works in here came from a checkpoint."""

    def refuse(*_: object) -> None:
        raise AssertionError("a realm was opened")

    with patch.object(hosted.workspace.realms, "open", refuse):
        yield


# -- when one is made ------------------------------------------------------------------------


def never() -> int:
    raise AssertionError("it is decided without this figure")


def test_the_first_copy_is_always_made_and_one_of_a_large_realm_never() -> None:
    assert is_worth(None, never)
    assert is_worth(None, None)
    assert is_worth(Cost(900, LARGE_KB), None)
    assert not is_worth(Cost(900, LARGE_KB + 1), None)
    assert not is_worth(Cost(900, LARGE_KB + 1), never)


@pytest.mark.parametrize("cost", [Cost(900, 0), Cost(8_000, LARGE_KB)])
def test_a_copy_is_made_when_it_saves_what_it_costs(cost: Cost) -> None:
    whole = WHOLE * cost.took_us
    assert not is_worth(cost, lambda: whole - 1)
    assert is_worth(cost, lambda: whole)


def test_the_time_that_counts_is_that_of_the_steps_which_the_copy_lacks(hosted: Hosted) -> None:
    live = hosted.new()
    took = [hosted.run(live, "1").finished for _ in range(3)]
    assert None not in took
    expected = [one.duration_us for one in took if one is not None]
    assert live._took_us(2) == sum(expected)
    assert live._took_us(4) == expected[-1]
    assert live._took_us(5) == 0
    assert live._took_us(0) > live._took_us(2)


def test_figures_come_with_the_copy(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "globalThis.kept = new Uint8Array(8e6).fill(1); 0")
    live.checkpoint()
    hosted.run(live, "1")
    live.checkpoint()
    assert live._heap is not None
    cost = live._heap.cost
    assert cost is not None
    assert 0 < cost.took_us < 10_000_000
    assert 7_000 < cost.held_kb < 16_000


def test_a_large_heap_gets_no_newer_copy(hosted: Hosted) -> None:
    hosted.folder.profile("[limits]\nmemory_mb = 120\n")
    live = hosted.new()
    hosted.run(live, "globalThis.kept = new Uint8Array(60e6).fill(1); 0")
    live.checkpoint()
    hosted.run(live, "1")
    assert live._heap is not None
    first = live._heap._checkpoint
    live.checkpoint()
    assert live._heap._checkpoint is first
    assert hosted.run(live, "for (;;) console.log(1)").status == "limit"
    with no_rebuild(hosted):
        # What the older copy lacks runs again.
        assert hosted.value(live, "kept.length") == "60000000"
    assert live.restored is not None
    assert live.restored.total == 1


def test_nothing_is_made_twice_of_the_same_state(hosted: Hosted) -> None:
    live = hosted.new()
    live.checkpoint()
    assert live._heap is not None
    first = live._heap._checkpoint
    live.checkpoint()
    assert first is not None
    assert live._heap._checkpoint is first
    hosted.run(live, "const end = Date.now() + 300; while (Date.now() < end);")
    live.checkpoint()
    assert live._heap._checkpoint is not first


def test_a_session_without_a_heap_needs_none(hosted: Hosted) -> None:
    live = hosted.new()
    live.drop_heap()
    live.checkpoint()
    assert hosted.value(live, "rate") == "3"


# -- what it is for --------------------------------------------------------------------------

STOPS = {
    "limit": "a.push(2); kv.set('k', 2); for (;;) console.log(a)",
    "aborted": "a.push(2); kv.set('k', 2); kv.set('die', 1); for (;;);",
    "cancelled": "a.push(2); kv.set('k', 2); kv.set('cancel', 1); for (;;);",
}


def act_on_kv(live: LiveSession) -> None:
    """Have `kv.set` of some keys kill the worker or cancel the execution."""
    assert live._heap is not None
    kv, realm = live._heap.kv, realm_of(live)
    put = kv.set

    def act(key: str, value: object) -> None:
        put(key, value)
        if key == "die":
            os.kill(realm.pid, signal.SIGKILL)
        if key == "cancel":
            assert live.cancel()

    kv.set = act  # type: ignore[method-assign]


@pytest.mark.parametrize("status", STOPS)
def test_an_execution_that_was_stopped_never_happened(hosted: Hosted, status: str) -> None:
    live = hosted.new()
    hosted.run(live, "let a = [1]; const kv = require('vmgit:kv'); kv.set('k', 1)")
    live.checkpoint()
    act_on_kv(live)
    before = realm_of(live).pid
    with no_rebuild(hosted):
        stopped = hosted.run(live, STOPS[status])
        assert stopped.status == status
        assert gone(before)
        assert hosted.value(live, "[a.length, kv.get('k')]") == "[ 1, 1 ]"
        live.checkpoint()
        # The next one is recovered from as well.
        assert hosted.run(live, STOPS["limit"]).status == "limit"
        assert hosted.value(live, "[a.length, kv.get('k')]") == "[ 1, 1 ]"
    ends = [event.type for event in hosted.events(live) if event.execution == stopped.id]
    closing = "execution.aborted" if status == "aborted" else "execution.finished"
    assert ends[-1] == closing
    assert ("limit.exceeded" in ends) == (status == "limit")
    assert hosted.rebuild(live).first_difference is None
    assert live.state == hosted.state(live)


@pytest.mark.parametrize(
    ("limits", "text", "name"),
    [
        ("wall_ms = 200", "for (;;);", "wall_ms"),
        ("cpu_ms = 100", "for (;;);", "cpu_ms"),
        ("cpu_ms = 100", "[].indexOf.call({length: 2 ** 53 - 1}, 1)", "cpu_ms"),
        ("memory_mb = 16", "const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))",
         "memory_mb"),
        ("output_kb = 1", "for (;;) console.log('x'.repeat(100))", "output_kb"),
        ("events = 3", "for (;;) console.log(1)", "events"),
    ],
)  # fmt: skip
def test_every_limit_ends_in_the_checkpoint(
    hosted: Hosted, limits: str, text: str, name: str
) -> None:
    hosted.folder.profile(f"[limits]\n{limits}\n")
    live = hosted.new()
    hosted.run(live, "var n = 40")
    live.checkpoint()
    with no_rebuild(hosted):
        stopped = hosted.run(live, text)
        assert (stopped.status, stopped.limit and stopped.limit.name) == ("limit", name)
        assert hosted.value(live, "n + 2") == "42"


def test_memory_is_limited_in_a_checkpoint_as_before(hosted: Hosted) -> None:
    hosted.folder.profile("[limits]\nmemory_mb = 32\n")
    live = hosted.new()
    grow = "globalThis.kept = new Uint8Array(8e6).fill(1); kept.length"
    for _ in range(3):
        live.checkpoint()
        assert hosted.run(live, "for (;;) console.log(1)").status == "limit"
        assert hosted.value(live, grow) == "8000000"
        stopped = hosted.run(live, "kept = null; new Uint8Array(40e6).fill(1)")
        assert stopped.limit is not None
        assert stopped.limit.name == "memory_mb"
        assert hosted.value(live, "kept.length") == "8000000"


def test_a_module_that_is_too_large_ends_in_the_checkpoint(hosted: Hosted) -> None:
    hosted.folder.profile("[limits]\nsource_kb = 1\n")
    hosted.folder.write("big.js", f"/*{'x' * 2048}*/")
    live = hosted.new()
    hosted.run(live, "var n = 40")
    live.checkpoint()
    pid = realm_of(live).pid
    with no_rebuild(hosted):
        execution = hosted.run(live, "n = 0; import('./big.js')")
        assert (execution.limit and execution.limit.name) == "source_kb"
        assert gone(pid)
        assert hosted.value(live, "n + 2") == "42"


def test_an_older_checkpoint_is_better_than_none(hosted: Hosted) -> None:
    live = hosted.new()
    live.checkpoint()
    hosted.run(live, "var n = 1")
    hosted.run(live, "n += 1")
    with no_rebuild(hosted):
        assert hosted.run(live, "n = 0; for (;;) console.log(1)").status == "limit"
        assert hosted.value(live, "n") == "2"
    assert live.restored is not None
    assert (live.restored.equal, live.restored.total) == (2, 2)


def test_a_checkpoint_that_was_killed_is_done_without(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "var n = 1")
    root = hosted.template.pid
    before = family(root)
    live.checkpoint()
    hosted.run(live, "1")
    (sleeper,) = family(root) - before
    os.kill(sleeper, signal.SIGKILL)
    assert gone(sleeper)
    assert hosted.run(live, "n = 0; for (;;) console.log(1)").status == "limit"
    assert hosted.value(live, "n") == "1"


def test_an_idle_worker_that_was_killed_costs_no_execution(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "var n = 1")
    live.checkpoint()
    with no_rebuild(hosted):
        # The copy is asked for, not yet waited for.
        pid = realm_of(live).pid
        assert realm_of(live).is_alive()
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
        assert hosted.value(live, "n") == "1"
    os.kill(realm_of(live).pid, signal.SIGKILL)
    assert hosted.value(live, "n") == "1"
    assert {one.status for one in live.state.executions.values()} == {"ok"}


def test_a_dead_worker_is_found_out_when_it_is_to_be_copied(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "var n = 1")
    pid = realm_of(live).pid
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    live.checkpoint()
    assert hosted.value(live, "n") == "1"


def test_no_process_is_left_behind(hosted: Hosted) -> None:
    root = hosted.template.pid
    before = family(root)
    live = hosted.new()
    for _ in range(5):
        hosted.run(live, "1")
        live.checkpoint()
        hosted.run(live, "for (;;) console.log(1)")
    hosted.run(live, "1")
    live.checkpoint()
    assert realm_of(live).is_alive()
    assert len(family(root) - before) == 2
    with hosted.workspace.hosting():
        live.close()
    assert gone(*(family(root) - before))


# -- refreshes -------------------------------------------------------------------------------


def test_a_refresh_takes_the_copy_that_is_there(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "var n = 1")
    live.checkpoint()
    heap = live._heap
    assert heap is not None
    with patch.object(heap.realm, "begin_fork", side_effect=AssertionError("another fork")):
        hosted.folder.write("lib/rates.js", "exports.rate = 5;")
        assert hosted.value(live, "[n, rate]") == "[ 1, 5 ]"
    live.checkpoint()
    with no_rebuild(hosted):
        assert hosted.run(live, "rate = 0; for (;;) console.log(1)").status in ("limit", "error")
        assert hosted.value(live, "[n, rate]") == "[ 1, 5 ]"


def test_a_failed_refresh_leaves_what_serves(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "var n = 1")
    live.checkpoint()
    hosted.folder.write("lib/rates.js", "n = 2; throw new Error('no')")
    with no_rebuild(hosted):
        hosted.update(live)
        assert live.state.failed is not None
        assert hosted.value(live, "[n, rate]") == "[ 1, 3 ]"


def test_a_checkpoint_of_a_realm_that_was_replaced_is_not_used(hosted: Hosted) -> None:
    hosted.folder.profile('refresh = "rebuild"\nstartup = ["startup/00-base.js"]\n')
    live = hosted.new()
    hosted.run(live, "var n = 1")
    live.checkpoint()
    hosted.folder.write("startup/00-base.js", "let started = 2;")
    assert console(hosted.run(live, "console.log(typeof n, started)")) == ["undefined 2"]
    hosted.run(live, "for (;;) console.log(1)")
    assert hosted.value(live, "typeof n + started") == "'undefined2'"


def test_the_copy_is_asked_for_and_not_waited_for(hosted: Hosted) -> None:
    live = hosted.new()
    realm = realm_of(live)
    os.kill(realm.pid, signal.SIGSTOP)
    try:
        live.checkpoint()
    finally:
        os.kill(realm.pid, signal.SIGCONT)
    assert hosted.value(live, "rate") == "3"
