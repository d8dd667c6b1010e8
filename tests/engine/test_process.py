"""The life of workers: start, fork, cancel, death of the worker and of the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from processes import family, gone, stat

from vmgit.engine.api import Job, RealmConfig, WorkerDied
from vmgit.engine.process import WorkerRealm
from vmgit.limits import Limits

from .realms import SEED, Session, Store, Tree, session, shown

LONG = Limits(wall_ms=60_000, cpu_ms=60_000)


def test_the_parent_loads_neither_engine_nor_parser() -> None:
    code = (
        "import sys, vmgit.engine.process, vmgit.engine.pool\n"
        "print([name for name in sys.modules if 'dukpy' in name or 'tree_sitter' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_forks_are_independent() -> None:
    with session() as made:
        made.run("var n = 1; let box = {list: []}; class A { static m() { return n } }")
        forks = [made.fork() for _ in range(3)]
        for index, fork in enumerate(forks):
            assert shown(fork.run(f"box.list.push({index}); n += {index}; A.m()")) == str(1 + index)
        assert shown(made.run("n + box.list.length")) == "1"
        assert shown(forks[2].run("box.list")) == "[ 2 ]"
        assert len({made.realm.pid, *(fork.realm.pid for fork in forks)}) == 4
        for fork in forks:
            fork.realm.close()
        assert shown(made.run("n")) == "1"


def test_a_copy_that_was_asked_for_is_of_that_moment() -> None:
    with session() as made:
        made.run("var n = 1")
        forking = made.realm.begin_fork()
        assert forking.cost is None
        # What runs next has to wait for the copy, and does not show in it.
        assert shown(made.run("n += 1")) == "2"
        assert forking.cost is not None
        with forking.finish() as realm:
            assert shown(Session(realm, made.tree, made.store).run("n += 10")) == "11"
        assert shown(made.run("n")) == "2"


def test_a_copy_survives_what_it_was_made_of() -> None:
    """The one in between is gone, so that it descends from nobody who lives, but from the first."""
    with session() as made, made.realm.fork() as middle:
        Session(middle, made.tree, made.store).run("var n = 1")
        forking = middle.begin_fork()
        assert middle.is_alive()
        os.kill(middle.pid, signal.SIGKILL)
        assert gone(middle.pid)
        assert not middle.is_alive()
        with forking.finish() as realm:
            assert shown(Session(realm, made.tree, made.store).run("n")) == "1"
            # Who is left with it is the worker that was started, not whoever embeds vmgit.
            assert (stat(realm.pid) or [])[1] == str(made.realm.pid)
        assert gone(realm.pid)


@pytest.mark.parametrize("told", [False, True])
def test_a_copy_that_is_not_wanted_ends(told: bool) -> None:
    with session() as made:
        before = family(made.realm.pid)
        forking = made.realm.begin_fork()
        if told:
            assert made.realm.is_alive()
            assert len(family(made.realm.pid)) == len(before) + 1
        forking.discard()
        assert made.realm.is_alive()
        assert gone(*(family(made.realm.pid) - before))
        with pytest.raises(WorkerDied):
            forking.finish()


def test_a_copy_that_was_killed_is_a_death() -> None:
    with session() as made:
        before = family(made.realm.pid)
        forking = made.realm.begin_fork()
        assert made.realm.is_alive()
        (copy,) = family(made.realm.pid) - before
        os.kill(copy, signal.SIGKILL)
        assert gone(copy)
        with pytest.raises(WorkerDied, match="its copy has ended"):
            forking.finish()
        assert shown(made.run("1")) == "1"


def test_a_copy_of_a_worker_that_died_first() -> None:
    with session() as made:
        os.kill(made.realm.pid, signal.SIGKILL)
        assert gone(made.realm.pid)
        assert not made.realm.is_alive()
        with pytest.raises(WorkerDied):
            made.realm.begin_fork()
        made.realm.close()
        assert not made.realm.is_alive()


def test_a_copy_holds_no_descriptor_of_another() -> None:
    """Else a worker whose socket its parent closed would not notice."""
    with session() as made:
        first, second = made.realm.begin_fork(), made.realm.begin_fork()
        with first.finish() as one, second.finish() as two:
            for realm in (made.realm, one, two):
                # After an answer, it has come to itself.
                assert shown(Session(realm, made.tree, made.store).run("1")) == "1"
                sockets = [
                    name
                    for name in os.listdir(f"/proc/{realm.pid}/fd")
                    if os.readlink(f"/proc/{realm.pid}/fd/{name}").startswith("socket:")
                ]
                assert len(sockets) == 1


def test_a_cancellation_before_the_first_step_leaves_the_realm_alone() -> None:
    with session() as made:
        job = Job("repl", "globalThis.n = 1", SEED)
        result = made.realm.execute(job, made.tree, made.store, lambda: True)
        assert (result.outcome.status, result.intact) == ("cancelled", True)
        assert shown(made.run("typeof n")) == "'undefined'"


def test_a_fork_outlives_the_realm_that_it_came_from() -> None:
    with WorkerRealm.spawn() as first:
        first.open(RealmConfig())
        Session(first, Tree(), Store()).run("var depth = 0")
        last = first
        for _ in range(5):
            following = last.fork()
            last.close()
            last = following
            Session(last, Tree(), Store()).run("depth++")
        with last:
            assert shown(Session(last, Tree(), Store()).run("depth")) == "5"


def test_a_template_is_forked_before_it_is_opened() -> None:
    with WorkerRealm.spawn() as template:
        for hidden in ("Map", "Set"):
            with template.fork() as realm:
                realm.open(RealmConfig(hide=(hidden,)))
                made = Session(realm, Tree(), Store())
                assert shown(made.run(f"typeof {hidden}")) == "'undefined'"


def test_a_fork_gets_its_own_limits() -> None:
    with session() as made, made.realm.fork() as realm:
        fork = Session(realm, made.tree, made.store)
        assert shown(fork.run("for (;;) {}", limits=Limits(wall_ms=200))) == "limit wall_ms"
        assert shown(made.run("1")) == "1"


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("for (;;) {}", Limits(cpu_ms=200)),
        ("for (;;) {}", Limits(wall_ms=200)),
        ("const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length))", Limits()),
        ("for (;;) console.log('x'.repeat(1000) + Math.random())", Limits(output_kb=2000)),
        ("[].indexOf.call({length: 2 ** 53 - 1}, 1)", Limits(cpu_ms=200)),
    ],
)
def test_the_processor_time_of_what_was_stopped_is_told(code: str, limits: Limits) -> None:
    with session() as made:
        result = made.run(code, limits=limits)
    assert result.outcome.status == "limit"
    # One thread: no more than the wall saw, so that what the worker did before is not in it.
    assert 0 < result.cpu_us <= result.duration_us + 20_000


def test_cancel_from_another_thread() -> None:
    with session() as made:
        timer = threading.Timer(0.2, made.realm.cancel)
        timer.start()
        result = made.run("console.log('begun'); for (;;) {}", limits=LONG)
        timer.join()
    assert result.outcome.status == "cancelled"
    assert not result.intact
    assert [line.text for line in result.outcome.console] == ["begun"]


def test_cancel_from_a_signal_handler() -> None:
    with session() as made:
        before = signal.signal(signal.SIGUSR1, lambda *_: made.realm.cancel())
        try:
            timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
            timer.start()
            result = made.run("[].indexOf.call({length: 2 ** 53 - 1}, 1)", limits=LONG)
            timer.join()
        finally:
            signal.signal(signal.SIGUSR1, before)
    assert result.outcome.status == "cancelled"


def test_cancel_without_an_execution_does_nothing() -> None:
    with session() as made:
        made.realm.cancel()
        assert shown(made.run("1")) == "1"
        made.realm.cancel()
        assert shown(made.run("2")) == "2"


def test_a_killed_worker_is_a_death_with_what_was_seen() -> None:
    with session() as made:
        timer = threading.Timer(0.2, os.kill, (made.realm.pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(WorkerDied) as caught:
            made.run("console.log('seen'); for (;;) {}", limits=LONG)
        timer.join()
    assert caught.value.reason == "SIGKILL"
    assert [line.text for line in caught.value.partial.console] == ["seen"]


def test_a_killed_idle_worker_is_a_death() -> None:
    with session() as made:
        os.kill(made.realm.pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            made.run("1")
        with pytest.raises(WorkerDied):
            made.realm.fork()


def test_a_killed_fork_is_a_death_too() -> None:
    with session() as made, made.realm.fork() as realm:
        os.kill(realm.pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            Session(realm, made.tree, made.store).run("1")
        assert gone(realm.pid)


def test_a_worker_that_is_gone_before_it_was_opened() -> None:
    with WorkerRealm.spawn() as realm:
        os.kill(realm.pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            realm.open(RealmConfig())


def test_close_leaves_no_process() -> None:
    realm = WorkerRealm.spawn()
    realm.open(RealmConfig())
    fork = realm.fork()
    pids = realm.pid, fork.pid
    fork.close()
    fork.close()
    realm.close()
    realm.close()
    assert gone(*pids)


def test_close_without_waiting_for_the_boot() -> None:
    realm = WorkerRealm.spawn()
    realm.close()
    assert gone(realm.pid)


def test_ctrl_c_does_not_reach_the_worker() -> None:
    with session() as made:
        os.kill(made.realm.pid, signal.SIGINT)
        assert shown(made.run("1")) == "1"
        assert os.getpgid(made.realm.pid) != os.getpgid(0)


def test_a_host_that_raises_ends_the_realm() -> None:
    class Broken(Store):
        def call(self, op: str, request: object) -> object:
            raise RuntimeError("the host is broken")

    with session() as made:
        job = Job("repl", "require('vmgit:kv').get('x')", SEED)
        with pytest.raises(RuntimeError, match="the host is broken"):
            made.realm.execute(job, made.tree, Broken())  # type: ignore[arg-type]
        with pytest.raises(WorkerDied):
            made.run("1")


def test_many_sessions_at_once() -> None:
    with WorkerRealm.spawn() as template:
        realms = [template.fork() for _ in range(20)]
        for realm in realms:
            realm.open(RealmConfig())
        results = [
            Session(realm, Tree(), Store()).run(f"{i} + 1") for i, realm in enumerate(realms)
        ]
        assert [shown(result) for result in results] == [str(i + 1) for i in range(20)]
        for realm in realms:
            realm.close()
