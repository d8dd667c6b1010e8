"""The server against the least that an execution over a socket can cost, and against its own load.

The floor of a durable execution is measured beside it: the same bytes echoed over a unix socket,
one round trip to a worker, one NORMAL and one FULL commit of SQLite.
"""

from __future__ import annotations

import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.harness import Row, absent, compare
from benchmarks.served import Connection, Server, make_workspace, post_bytes
from vmgit.engine.api import Answer, Job, RealmConfig
from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

_SESSIONS = 200
_SUBMITTERS = 64
_RESTORED = 1000
_ECHO = """
import socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
answer = b"x" * int(sys.argv[2])
print("ready", flush=True)
connection, _ = listening.accept()
while connection.recv(65536):
    connection.sendall(answer)
"""


def measure() -> list[Row]:
    """Return the figures of the server."""
    with tempfile.TemporaryDirectory(prefix="vmgit-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        server = stack.enter_context(Server(make_workspace(folder / "workspace")))
        rows = _against_the_floor(server, folder, stack)
        rows.append(_parallel(server))
        rows.append(_create(server))
        rows.append(_restore(server))
        rows += _many(server)
        rows.append(_submitters(folder, stack))
    return rows


class _Nothing:
    """A source without files and a host without grants."""

    def lookup(self, path: str) -> str | None:
        """Find nothing."""
        return None

    def blob(self, oid: str) -> bytes:
        """Have nothing."""
        raise KeyError(oid)

    def call(self, op: str, request: Any) -> Answer:
        """Grant nothing."""
        raise KeyError(op)


def _floor(folder: Path, stack: ExitStack, request: bytes, size: int) -> Callable[[], object]:
    """Return the least that a durable execution does, as one call."""
    place = folder / "echo.sock"
    echo = subprocess.Popen(
        [sys.executable, "-c", _ECHO, str(place), str(size)], stdout=subprocess.PIPE
    )
    stack.callback(echo.wait)
    stack.callback(echo.kill)
    assert echo.stdout is not None
    echo.stdout.readline()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(place))
    stack.callback(connection.close)
    realm = stack.enter_context(WorkerRealm.spawn())
    realm.open(RealmConfig())
    job = Job(kind="repl", text="1+1", seed="0" * 32)
    commits = [_commit(folder / "floor.db", level) for level in ("NORMAL", "FULL")]

    def floor() -> None:
        connection.sendall(request)
        connection.recv(1 << 16)
        commits[0]()
        realm.execute(job, _Nothing(), _Nothing())
        commits[1]()

    return floor


def _commit(path: Path, level: str) -> Callable[[], object]:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {level}")
    database.execute("CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, payload TEXT)")
    payload = "x" * 500

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO event (payload) VALUES (?)", (payload,))
        database.execute("COMMIT")

    return commit


def _against_the_floor(server: Server, folder: Path, stack: ExitStack) -> list[Row]:
    session = server.session()
    request = post_bytes(f"/sessions/{session}/executions", {"source": "1+1"})
    answer = server.connection.ask(request)
    floor = _floor(folder, stack, request, len(answer))
    peer = "socket echo + worker + NORMAL and FULL commit"
    rows = [
        compare(
            "server: durable execution of 1+1",
            1.9,
            lambda: server.connection.ask(request),
            floor,
            peer,
            blocks=40,
            per_block=25,
        )
    ]
    create = post_bytes("/sessions", {"profile": "default"})
    rows.append(
        compare(
            "server: another writing route (close a session)",
            3.0,
            _closing(server, create),
            floor,
            peer,
            blocks=40,
            per_block=5,
        )
    )
    return rows


def _closing(server: Server, create: bytes) -> Callable[[], float]:
    """Return a call that makes a session, and closes it while the clock runs."""

    def close() -> float:
        made = msgspec.json.decode(server.connection.ask(create).partition(b"\r\n\r\n")[2])
        request = post_bytes(f"/sessions/{made['session']}/close", {})
        start = time.perf_counter_ns()
        server.connection.ask(request)
        return (time.perf_counter_ns() - start) / 1e6

    return close


def _parallel(server: Server) -> Row:
    """Compare the throughput of eight sessions at once with that of one."""
    sessions = [server.session() for _ in range(8)]
    rates: dict[int, list[float]] = {1: [], 8: []}
    for _ in range(8):
        for count, found in rates.items():
            found.append(_rate(server, sessions[:count], 80))
    one, eight = (statistics.median(rates[count]) for count in (1, 8))
    name = "server: time per execution, eight sessions at once"
    return Row(name, one / eight, 0.5, 1000 / eight, 1000 / one, "one session")


def _rate(server: Server, sessions: list[str], each: int) -> float:
    """Return executions per second of several sessions, each with a connection of its own."""
    start = threading.Barrier(len(sessions) + 1)

    def run(session: str) -> None:
        connection = Connection(server.socket)
        request = post_bytes(f"/sessions/{session}/executions", {"source": "1+1"})
        start.wait()
        for _ in range(each):
            connection.ask(request)
        connection.close()

    threads = [threading.Thread(target=run, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return each * len(sessions) / (time.perf_counter() - began)


def _create(server: Server) -> Row:
    name = "server: make a session with two startup files of 40 lines"
    node = shutil.which("node")
    if node is None:
        return absent(name, 0.12, "node -e 0", "there is no node here")
    made: list[str] = []

    def close_last() -> None:
        while made:
            server.post(f"/sessions/{made.pop()}/close", {})

    row = compare(
        name,
        0.12,
        lambda: made.append(server.session()),
        lambda: subprocess.run([node, "-e", "0"], check=True),
        "node -e 0",
        blocks=20,
        per_block=3,
        before_ours=close_last,
        before_peer=close_last,
    )
    close_last()
    return row


def _restore(server: Server) -> Row:
    """Compare the first execution after a restart with running all that came before it."""
    session = server.session()
    request = post_bytes(f"/sessions/{session}/executions", {"source": "1+1"})
    for _ in range(_RESTORED):
        server.connection.ask(request)
    realm = WorkerRealm.spawn()
    realm.open(RealmConfig())
    job = Job(kind="repl", text="1+1", seed="0" * 32)

    def run_all() -> None:
        for _ in range(_RESTORED):
            realm.execute(job, _Nothing(), _Nothing())

    with realm:
        return compare(
            f"server: restore a session of {_RESTORED} executions",
            1.3,
            lambda: server.connection.ask(request),
            run_all,
            "running them in one worker",
            blocks=5,
            per_block=1,
            before_ours=server.restart,
        )


def _many(server: Server) -> list[Row]:
    """Measure what 200 live sessions cost: memory, and the time of an execution."""
    server.restart()
    alone = server.session()
    request = post_bytes(f"/sessions/{alone}/executions", {"source": "1+1"})
    for _ in range(50):
        server.connection.ask(request)
    before = _memory_kb(server.pid, "VmRSS")
    single = _times(server, [alone], 400)
    sessions = [server.session() for _ in range(_SESSIONS)]
    for session in sessions:
        server.connection.ask(post_bytes(f"/sessions/{session}/executions", {"source": "1+1"}))
    after = _memory_kb(server.pid, "VmRSS")
    among = _times(server, sessions, 400)
    rows = [
        Row("server: memory with 200 live sessions", after / 1024 / 120, 1, after / 1024, 120,
            "allowed", unit="MB"),
        Row("server: memory per session", (after - before) / _SESSIONS / 50, 1,
            (after - before) / _SESSIONS, 50, "allowed", unit="KB"),
    ]  # fmt: skip
    for name, quantile, limit in (("p50", 0.5, 2.2), ("p90", 0.9, 3.0)):
        ours, peer = (_quantile(times, quantile) for times in (among, single))
        what = f"server: {name} of an execution among 200 live sessions"
        rows.append(Row(what, ours / peer, limit, ours, peer, "one session"))
    return rows


def _times(server: Server, sessions: list[str], count: int) -> list[float]:
    """Return the milliseconds of executions, one session after the other."""
    times = []
    for number in range(count):
        session = sessions[number % len(sessions)]
        request = post_bytes(f"/sessions/{session}/executions", {"source": "1+1"})
        start = time.perf_counter_ns()
        server.connection.ask(request)
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def _quantile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


def _memory_kb(pid: int, field: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def _submitters(folder: Path, stack: ExitStack) -> Row:
    """Compare 64 threads on one log with 64 that have a connection each."""
    log = stack.enter_context(EventLog.open(folder / "group" / "events.db"))
    event = NewEvent("console", 1, '{"level":"log","text":"x"}')

    def ours(number: int) -> Callable[[], object]:
        return lambda: log.append(f"s{number}", [event], durable=True, actor="a", worktree="w")

    def theirs(number: int) -> Callable[[], object]:
        own = stack.enter_context(EventLog.open(folder / "each" / "events.db", timeout_s=60))
        return lambda: own.append(f"s{number}", [event], durable=True, actor="a", worktree="w")

    sides = [[make(number) for number in range(_SUBMITTERS)] for make in (ours, theirs)]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(3):
        for appends, found in zip(sides, times, strict=True):
            found.extend(_all_at_once(appends, 20))
    late = [_quantile(found, 0.99) for found in times]
    name = f"log: p99 of an append, {_SUBMITTERS} submitters"
    return Row(name, late[0] / late[1], 0.2, late[0], late[1], "a connection each")


def _all_at_once(calls: list[Callable[[], object]], each: int) -> list[float]:
    times: list[float] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        for _ in range(each):
            began = time.perf_counter_ns()
            call()
            times.append((time.perf_counter_ns() - began) / 1e6)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times
