"""No worker outlives its host by much, whatever both are doing when the host is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import PATIENCE_S, alive, family, gone

from vmgit.engine import launch

ROOT = str(Path(__file__).resolve().parents[2])
HOST = """
import sys, threading
sys.path.insert(0, {root!r})
from tests.engine.realms import SEED, Store, Tree
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.pool import RealmPool
from vmgit.limits import Limits

CPU_MS = {cpu_ms}
pool = RealmPool(template=True)

def spawn(*_):
    worker = RealmPool._spawn(pool)
    print(worker.pid, flush=True)
    return worker

pool._spawn = spawn
pool._ahead()

def start(text):
    realm = pool.open(RealmConfig())
    realm.begin_fork()
    limits = Limits(wall_ms=600_000, cpu_ms=CPU_MS, events=1_000_000)
    job = Job("repl", text, SEED, limits=limits)
    threading.Thread(target=realm.execute, args=(job, Tree(), Store())).start()
    return realm

{body}
"""
STATES = {
    "a template that boots": "print('now', flush=True); threading.Event().wait()",
    "idle sessions with copies": """
realms = [pool.open(RealmConfig()) for _ in range(3)]
copies = [realm.begin_fork() for realm in realms]
nested = [realm.fork() for realm in realms]
print('now', flush=True); threading.Event().wait()
""",
    "sessions that are being made": """
realms = []
print('now', flush=True)
while True:
    realms = [*realms[-10:], pool.open(RealmConfig())]
    realms[-1].begin_fork()
""",
    "loops": """
kept = [start("for (;;) {}"), start("(async () => { for (;;) await 1 })()"),
        start("for (;;) { try { for (;;) {} } catch {} }")]
print('now', flush=True)
""",
    "a program that waits": """
kept = start("await new Promise((done) => setTimeout(done, 500_000))")
print('now', flush=True)
""",
    "a program that asks and prints": """
kept = [start("const kv = require('vmgit:kv'); for (;;) kv.set('a', 1)")]
print('now', flush=True)
""",
}


@contextmanager
def hosting(body: str, cpu_ms: int = 600_000) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Give a host that has come to its point, and the process id of its template."""
    code = HOST.format(root=ROOT, body=body, cpu_ms=cpu_ms)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as host:
        try:
            assert host.stdout is not None
            template = int(host.stdout.readline())
            assert host.stdout.readline() == "now\n"
            yield host, template
        finally:
            host.kill()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("after_s", [0, 0.05, 0.4])
def test_nothing_outlives_a_killed_host(state: str, after_s: float) -> None:
    with hosting(STATES[state]) as (host, template):
        time.sleep(after_s)
        assert host.poll() is None
        assert alive(template)
        host.kill()
        host.wait()
        # A session's id is not given to another process while one of its members lives.
        deadline = time.monotonic() + PATIENCE_S
        while (left := family(template)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left


def test_natives_that_never_look_up_end_soon_after_their_limit() -> None:
    """Counted in their own processor time, which a busy machine does not stretch."""
    native = "start('[].indexOf.call({length: 2 ** 53 - 1}, 1)')"
    with hosting(f"kept = {native}\nprint('now', flush=True)", cpu_ms=400) as (host, template):
        time.sleep(0.2)
        workers = family(template) - {template}
        host.kill()
        host.wait()
        used: dict[int, int] = {}
        deadline = time.monotonic() + PATIENCE_S
        while any(map(alive, workers)) and time.monotonic() < deadline:
            for pid in workers:
                used[pid] = max(used.get(pid, 0), launch.cpu_ms(pid) or 0)
            time.sleep(0.01)
        assert gone(template, *workers)
        assert 400 <= max(used.values()) <= 400 + 1500
