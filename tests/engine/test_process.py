"""The life of workers: start, fork, cancel, death of the worker and of the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import alive, gone

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


PARENT = """
import sys, threading
sys.path.insert(0, {root!r})
from tests.engine.realms import SEED, Store, Tree
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.process import WorkerRealm
from vmgit.limits import Limits
limits = Limits(wall_ms=600_000, cpu_ms=600_000)
idle = WorkerRealm.spawn()
idle.open(RealmConfig())
busy, fork = idle.fork(), idle.fork()
print(idle.pid, busy.pid, fork.pid, flush=True)
def run(realm, text):
    realm.execute(Job("repl", text, SEED, limits=limits), Tree(), Store())
threading.Thread(target=run, args=(busy, "for (;;) {{}}")).start()
busy_too = WorkerRealm.spawn()
busy_too.open(RealmConfig())
print(busy_too.pid, flush=True)
run(busy_too, "(async () => {{ for (;;) await 1 }})()")
"""


def test_a_killed_parent_leaves_no_worker() -> None:
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(root=root)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        pids.append(int(parent.stdout.readline()))
        assert all(alive(pid) for pid in pids)
        time.sleep(0.3)
        parent.kill()
    assert gone(*pids)


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
