"""Realms: what it costs to fork a session, to mark a heap, to rewrite and describe an execution.

The floors are the engine itself (a bare `eval_string`) and the kernel (fork + exit + wait). Each
is measured in a process like a worker's, which is not confined, so that it can be asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, absent, compare, interleave
from vmgit.engine.api import Answer, Job, RealmConfig
from vmgit.engine.interpreter import native
from vmgit.engine.link import Link
from vmgit.engine.pool import RealmPool
from vmgit.engine.process import ForkingWorker, WorkerRealm
from vmgit.engine.runner import Runner
from vmgit.limits import Limits

_SESSIONS = 200
#: What a checkpoint may take from the way of an answer, ms.
_ANSWER_MS = 0.3
_SEED = "0123456789abcdef" * 2
#: What `[globals] hide` takes away for the prelude without the web's globals.
_WEB = (
    *("setTimeout", "setInterval", "clearTimeout", "clearInterval", "structuredClone"),
    *("TextEncoder", "TextDecoder", "URL", "URLSearchParams", "atob", "btoa", "crypto", "Crypto"),
    *("AbortController", "AbortSignal", "Event", "CustomEvent", "EventTarget", "DOMException"),
    *("process", "performance"),
)


class _Startup:
    """A source of two startup files of 40 lines, as people write them."""

    def __init__(self) -> None:
        rules = [f"const rate{n} = (total) => total * {n} / 100;" for n in range(20)]
        more = [f"function apply{n}(order) {{ return rate{n}(order.total); }}" for n in range(20)]
        shop = [f"let order{n} = {{ id: {n}, total: {n * 10} }};" for n in range(38)]
        texts = {
            "startup/00-rules.js": [*rules, *more],
            "startup/10-shop.js": [*shop, "var seen = new Set();", "console.log('shop is open');"],
        }
        self.texts = {path: "\n".join(lines) + "\n" for path, lines in texts.items()}

    def jobs(self) -> list[Job]:
        """Return the executions of a session's startup."""
        return [
            Job(kind="startup", text=text, seed=_SEED, path=path, mode="auto", limits=Limits())
            for path, text in self.texts.items()
        ]

    def lookup(self, path: str) -> str | None:
        """Answer what the worker asks about a path."""
        text = self.texts.get(path)
        return None if text is None else hashlib.sha1(text.encode()).hexdigest()

    def blob(self, oid: str) -> bytes:
        """Answer with a file's content; nothing here asks for one."""
        raise KeyError(oid)


class _Nobody:
    """A host that grants nothing."""

    def call(self, op: str, request: Any) -> Answer:
        """Refuse."""
        raise KeyError(op)


_TYPED = Job(kind="repl", text="1+1", seed=_SEED, path=None, mode="auto", limits=Limits())


def measure() -> list[Row]:
    """Return the figures of the engine."""
    rows = _inside()
    with ExitStack() as stack:
        pool = RealmPool(template=True)
        stack.callback(pool.close)
        pool.describe()
        rows += _forks(pool)
        rows += _checkpoints(pool)
        rows += _memory(pool)
    return rows


def _booted() -> Runner:
    """Return a realm in this process, booted as a worker's is."""
    ours, theirs = socket.socketpair()
    link = Link(ours.detach())
    theirs.detach()
    runner = Runner(link)
    link.guard.settle()
    return runner


def _bare(realm: object) -> Callable[[], object]:
    """Return an evaluation of `1+1` by the engine alone."""
    evaluate = native().eval_string
    return lambda: evaluate(realm, b"1+1", b"{}", False, "<dukpy>")


def _inside() -> list[Row]:
    """Compare what happens in a worker with the bare engine."""
    import dukpy

    full, without = _booted(), _booted()
    full.open(RealmConfig())
    without.open(RealmConfig(hide=_WEB))
    bare = _bare(full.interpreter)
    rows = [
        compare(
            "engine: a bare eval in the booted realm",
            2.2,
            bare,
            _bare(dukpy.JSInterpreter()),
            "the same in dukpy's own realm",
            blocks=40,
            per_block=100,
        ),
        compare(
            "engine: a bare eval, with the web's globals",
            1.3,
            bare,
            _bare(without.interpreter),
            "the prelude without them",
            blocks=40,
            per_block=100,
        ),
        compare(
            "engine: an execution of 1+1 inside the worker",
            2.0,
            lambda: full.run(_TYPED),
            bare,
            "a bare eval in the same realm",
            blocks=40,
            per_block=100,
        ),
    ]
    with RealmPool().open(RealmConfig()) as realm, _Unconfined() as floor:
        rows.append(
            compare(
                "engine: an execution of 1+1, round trip with frames",
                2.6,
                lambda: realm.execute(_TYPED, _Startup(), _Nobody()),
                floor.evaluate,
                # A processor that was idle is slower for a while, whoever uses it.
                "a bare eval in a booted realm that was waiting, too",
                blocks=40,
                per_block=100,
            )
        )
    return rows


def _forks(pool: RealmPool) -> list[Row]:
    """Compare a new session with the kernel's fork and with starting node."""
    source, last = _Startup(), list[WorkerRealm]()

    def first_result(jobs: list[Job]) -> None:
        realm = pool.open(RealmConfig())
        assert isinstance(realm, WorkerRealm)
        last.append(realm)
        for job in (*jobs, _TYPED):
            result = realm.execute(job, source, _Nobody())
            assert result.outcome.status == "ok", result.outcome

    def close_last() -> None:
        """End the last one and see it gone: its end is not the next one's to pay."""
        while last:
            realm = last.pop()
            realm.close()
            with contextlib.suppress(ProcessLookupError):
                while True:
                    os.kill(realm.pid, 0)
                    time.sleep(0.001)

    with _Unconfined() as floor:
        rows = [
            compare(
                "engine: fork of a session to its first result",
                2.0,
                lambda: first_result([]),
                floor.fork,
                "fork + exit + wait of the same process",
                blocks=40,
                per_block=3,
                before_ours=close_last,
                before_peer=close_last,
            )
        ]
    node = shutil.which("node")
    for name, jobs, limit in (
        ("engine: fork of a session to its first result, by node", [], 0.08),
        ("engine: the same with two startup files of 40 lines", source.jobs(), 0.12),
    ):
        if node is None:
            rows.append(absent(name, limit, "node -e 0", "there is no node here"))
            continue
        rows.append(
            compare(
                name,
                limit,
                lambda jobs=jobs: first_result(jobs),  # type: ignore[misc]
                lambda: subprocess.run([node, "-e", "0"], check=True),
                "node -e 0",
                blocks=20,
                per_block=3,
                before_ours=close_last,
                before_peer=close_last,
            )
        )
    close_last()
    return rows


def _checkpoints(pool: RealmPool) -> list[Row]:
    """Compare what a checkpoint takes from its realm with what the kernel's fork takes.

    It is asked for after an answer and made while the user thinks, so the answer's path pays for
    asking alone; the whole of it is known when the realm can take the next job.
    """
    with ExitStack() as stack:
        floor = stack.enter_context(_Unconfined())
        realm = stack.enter_context(pool.open(RealmConfig()))
        assert isinstance(realm, WorkerRealm)
        realm.execute(_TYPED, _Startup(), _Nobody())
        asked: list[ForkingWorker] = []

        def settle() -> None:
            realm.settle()
            while asked:
                asked.pop().discard()
            time.sleep(0.002)

        def ask() -> None:
            asked.append(realm.begin_fork())

        def whole() -> None:
            asked.append(realm.begin_fork())
            realm.settle()

        paid, _ = interleave(ask, _nothing, 20, 3, before_ours=settle)
        settle()
        rows = [
            Row(
                "engine: a checkpoint, on the path of the answer",
                paid / _ANSWER_MS,
                1,
                paid,
                _ANSWER_MS,
                "allowed",
            ),
            compare(
                "engine: a checkpoint, all of it",
                1.5,
                whole,
                floor.fork,
                "fork + exit + wait of the same process",
                blocks=40,
                per_block=3,
                before_ours=settle,
                before_peer=settle,
            ),
        ]
        settle()
    return rows


def _nothing() -> None:
    return None


class _Unconfined:
    """A process that is as a worker before it locks itself in, and does the bare minimum."""

    def __enter__(self) -> _Unconfined:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.unconfined"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.fork()
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def fork(self) -> float:
        """Have it fork, and wait for the end of the child; return the milliseconds it measured."""
        return self._ask(b"fork\n")

    def evaluate(self) -> float:
        """Have it evaluate `1+1` by the engine alone; return the milliseconds it measured."""
        return self._ask(b"evaluate\n")

    def _ask(self, what: bytes) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what)
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


def _memory(pool: RealmPool) -> list[Row]:
    """Measure the memory of many sessions: each process's share of what it maps (PSS)."""
    names = [
        ("engine: memory of one of 200 sessions, before its first execution", 1.2),
        ("engine: memory of one of 200 sessions, after its first execution", 2.5),
    ]
    rows = []
    with ExitStack() as stack:
        realms = [stack.enter_context(pool.open(RealmConfig())) for _ in range(_SESSIONS)]
        for name, allowed in names:
            held = [_pss_mb(realm.pid) for realm in realms]
            if None in held:
                return [
                    absent(name, 1, "MB allowed", "the system does not tell") for name, _ in names
                ]
            mean = sum(filter(None, held)) / len(held)
            rows.append(Row(name, mean / allowed, 1, mean, allowed, "allowed", unit="MB"))
            for realm in realms:
                realm.execute(_TYPED, _Startup(), _Nobody())
    return rows


def _pss_mb(pid: int) -> float | None:
    """Return the proportional set size of a process, MB; None where the kernel does not tell it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
