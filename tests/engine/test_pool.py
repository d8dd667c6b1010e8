"""The pool: how realms come to be, and that all of them are confined as was asked."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from processes import family, gone, stat

from vmgit.engine.api import RealmConfig, WorkerDied
from vmgit.engine.pool import RealmPool
from vmgit.engine.process import WorkerRealm
from vmgit.limits import Limits
from vmgit.settings import SandboxPolicy

from .realms import Session, Store, Tree, shown


@pytest.mark.parametrize("policy", ["auto", "off"])
@pytest.mark.parametrize("template", [False, True])
def test_realms_are_confined_as_was_asked(policy: SandboxPolicy, template: bool) -> None:
    with closing(RealmPool(template=template, sandbox=policy)) as pool:
        layers, engine = pool.describe()
        assert engine.startswith("dukpy")
        assert (layers["seccomp"] == "off: switched off") == (policy == "off")
        for _ in range(2):
            realm = pool.open(RealmConfig())
            assert isinstance(realm, WorkerRealm)
            with realm:
                assert realm.sandbox == layers


def test_a_worker_that_was_started_ahead_waits_for_the_policy() -> None:
    with WorkerRealm.spawn() as ahead, closing(RealmPool(ahead, sandbox="off")) as pool:
        # There is no way back, and no second way.
        ahead.confine("auto")
        realm = pool.open(RealmConfig())
        assert realm is ahead
        assert ahead.sandbox["seccomp"] == "off: switched off"


# -- the template ----------------------------------------------------------------------------


def run(realm: object, text: str) -> str:
    assert isinstance(realm, WorkerRealm)
    return shown(Session(realm, Tree(), Store()).run(text))


@pytest.fixture
def pool() -> Iterator[RealmPool]:
    with closing(RealmPool(template=True)) as made:
        yield made


def template_of(pool: RealmPool) -> WorkerRealm:
    pool.describe()
    assert pool._spare is not None
    return pool._spare


def test_the_template_is_a_fresh_process_that_never_ran_a_program(pool: RealmPool) -> None:
    """What it had touched, every session would pay for; nor does it have anything of its host's."""
    template = template_of(pool)
    for _ in range(3):
        realm = pool.open(RealmConfig())
        assert isinstance(realm, WorkerRealm)
        assert run(realm, "var n = 1; n") == "1"
        assert realm.is_used
        realm.close()
    assert template_of(pool) is template
    assert not template.is_used
    command = Path(f"/proc/{template.pid}/cmdline").read_bytes().split(b"\0")
    assert command[0] == os.fsencode(sys.executable)
    fields = stat(template.pid) or []
    # Started by this process and in no session but its own: executed, and not forked from a worker.
    assert (fields[1], fields[3]) == (str(os.getpid()), str(template.pid))


def test_a_used_worker_is_no_template() -> None:
    with WorkerRealm.spawn() as worker:
        worker.open(RealmConfig())
        with pytest.raises(ValueError, match="was opened already"):
            RealmPool(worker, template=True)
        with worker.fork() as copy, pytest.raises(ValueError, match="was opened already"):
            RealmPool(copy)


def test_sessions_are_children_of_the_template_and_of_nobody_else(pool: RealmPool) -> None:
    template = template_of(pool)
    realm = pool.open(RealmConfig())
    assert isinstance(realm, WorkerRealm)
    with realm, realm.fork() as copy:
        assert (stat(realm.pid) or [])[1] == str(template.pid)
        assert (stat(copy.pid) or [])[1] == str(realm.pid)
        assert family(template.pid) == {template.pid, realm.pid, copy.pid}
        realm.close()
        # Its children are the template's now: nothing comes to this process, which may wait for
        # children of its own.
        assert gone(realm.pid)
        assert (stat(copy.pid) or [])[1] == str(template.pid)
    assert gone(copy.pid)
    assert stat(copy.pid) is None, "a zombie"


@pytest.mark.parametrize("moment", ["idle", "while it forks"])
def test_a_template_that_was_killed_is_replaced_and_its_sessions_live(
    pool: RealmPool, moment: str
) -> None:
    template = template_of(pool)
    realm = pool.open(RealmConfig())
    assert run(realm, "var n = 40; n") == "40"
    if moment == "idle":
        os.kill(template.pid, signal.SIGKILL)
        assert gone(template.pid)
    else:
        os.kill(template.pid, signal.SIGSTOP)
        threading.Timer(0.2, os.kill, (template.pid, signal.SIGKILL)).start()
    other = pool.open(RealmConfig())
    assert run(other, "typeof n") == "'undefined'"
    assert run(realm, "n + 2") == "42"
    replaced = template_of(pool)
    assert replaced is not template
    assert not replaced.is_used
    for one in (realm, other):
        one.close()


def test_several_threads_open_realms_at_once(pool: RealmPool) -> None:
    def use(number: int) -> str:
        realm = pool.open(RealmConfig())
        with closing(realm):
            return run(realm, f"globalThis.mine = {number}; mine + 1")

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(use, range(40)))
    assert found == [str(number + 1) for number in range(40)]
    template = template_of(pool)
    assert gone(*(family(template.pid) - {template.pid}))


def test_a_realm_alone_shares_nothing_with_the_template(pool: RealmPool) -> None:
    template = template_of(pool)
    realm = pool.open_alone(RealmConfig())
    assert isinstance(realm, WorkerRealm)
    with realm:
        assert realm.sandbox == template.sandbox
        assert (stat(realm.pid) or [])[3] == str(realm.pid)
        os.kill(realm.pid, signal.SIGSEGV)
        # Its end is told, which nobody can do for a fork.
        with pytest.raises(WorkerDied, match="SIGSEGV"):
            run(realm, "1")


#: Run in this order: note builtins, count those that are missing, read them all without a byte of
#: memory to spare, count again. The buffers are never written to: the realm is out of memory, but
#: holds little of it, for else `limits.memory_mb` would end it.
NOTE = """
const owners = [
  Array, Array.prototype, String.prototype, Map.prototype, Set.prototype, RegExp.prototype,
  Promise, Promise.prototype, Reflect, Math, JSON, Number, Object, Date.prototype, BigInt, Symbol,
];
const pairs = [];
for (const owner of owners) for (const key of Reflect.ownKeys(owner)) pairs.push([owner, key]);
pairs.length > 300
"""
COUNT = """
let missing = 0;
for (const [owner, key] of pairs) try { if (owner[key] === undefined) missing += 1 } catch {}
missing
"""
STARVE = """
let all = [], at = 0;
try { for (;;) all.push(new ArrayBuffer(1 << 20)) } catch {}
try { for (;;) all.push(new Array(1e4).fill(1)) } catch {}
try { for (;;) all.push([]) } catch {}
try { for (;;) all.push(0) } catch {}
for (; at < pairs.length; at++) try { pairs[at][0][pairs[at][1]] } catch {}
all = 0;
at === pairs.length
"""


def test_builtins_survive_that_a_session_ran_out_of_memory(pool: RealmPool) -> None:
    """The engine makes builtins at their first use, and what cannot be made then stays broken: so
    the template has used them all.
    """
    limits = Limits(memory_mb=16, cpu_ms=20_000, wall_ms=60_000)
    realm = pool.open(RealmConfig())
    assert isinstance(realm, WorkerRealm)
    session = Session(realm, Tree(), Store())
    with realm:
        assert shown(session.run(NOTE)) == "true"
        before = shown(session.run(COUNT))
        # The program catches what it cannot allocate, so the realm is the same one afterwards.
        assert shown(session.run(STARVE, limits=limits)) == "true"
        assert shown(session.run(COUNT)) == before
    with closing(pool.open(RealmConfig())) as other:
        assert run(other, NOTE) == "true"
        assert run(other, COUNT) == before
