"""The event log against the disk, against another library, and against its own growth.

The peer for durable appends is the SQLite recorder of `eventsourcing`, asked for the same
durability: both use a write-ahead log with `synchronous = FULL`, and that is checked. They are
compared twice: as each is after it was made, for 400 appends, while the peer's write-ahead log
still grows (ours has its full size from the start); and after enough appends for both to be
overwritten in place, where the disk decides. The log of five million
events is made with plain inserts; its rows, chain and projections are real ones.
"""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent as PeerEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from benchmarks.harness import Row, compare
from vmgit.canonical import canonical_json
from vmgit.eventlog.chain import GENESIS, chain_hash
from vmgit.eventlog.log import COLUMNS, EventLog
from vmgit.eventlog.verify import verify
from vmgit.eventlog.views import Views
from vmgit.events.envelope import NewEvent

_EVENTS = 5_000_000
_SESSIONS = 1_000
_VERIFIED = 100_000
_NEW = 20
#: Two or three pages per event, and a write-ahead log begins anew after 1000 pages.
_SETTLING = 600
_ACTOR, _WORKTREE = "Ada <ada@example.com>", "/home/ada/shop"
_OID = "1234567890" * 4
_LINE = canonical_json({"level": "log", "text": "order 4711: 3 items, 59.97 EUR, discount 10 %"})

#: One execution as the log has it: type and payload of each of its events.
_EXECUTION = (
    (
        "execution.started",
        canonical_json(
            {
                "tree": _OID,
                "commit": _OID,
                "number": 1,
                "kind": "repl",
                "blob": _OID,
                "generation": 1,
                "seed": "5eed" * 8,
                "vmgit": "0.1.0",
                "engine": "quickjs",
                "text": "price(orders[3])",
            }
        ),
    ),
    ("console", _LINE),
    ("console", _LINE),
    ("host.call", canonical_json({"op": "kv.get", "request": ["rate"], "result": 0.19})),
    (
        "execution.finished",
        canonical_json(
            {"status": "ok", "digest": "0" * 64, "duration_us": 812, "cpu_us": 640, "clock": []}
        ),
    ),
)


def measure() -> list[Row]:
    """Return the figures of the log."""
    with tempfile.TemporaryDirectory(prefix="vmgit-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        small = stack.enter_context(_filled(folder / "small" / "events.db", 1, 50))
        rows = [
            _against_the_disk(small, folder, stack),
            *_against_the_peer(folder, stack),
        ]
        checked = _filled(folder / "checked" / "events.db", 10, _VERIFIED // 50)
        rows.append(_verification(stack.enter_context(checked)))
        # A new small one: the appends above made the first grow.
        empty = stack.enter_context(_filled(folder / "empty" / "events.db", 1, 50))
        executions = _EVENTS // len(_EXECUTION) // _SESSIONS
        large = stack.enter_context(_filled(folder / "large" / "events.db", _SESSIONS, executions))
        return rows + _growth(large, empty)


def _against_the_disk(log: EventLog, folder: Path, stack: ExitStack) -> Row:
    descriptor = os.open(folder / "floor", os.O_RDWR | os.O_CREAT, 0o600)
    stack.callback(os.close, descriptor)
    os.write(descriptor, b"x" * 409_600)
    os.fsync(descriptor)
    block = b"y" * 4096
    append = _settled(_append(log))

    def floor() -> None:
        os.pwrite(descriptor, block, 0)
        os.fdatasync(descriptor)

    return compare(
        "log: append one event, durable",
        2.5,
        append,
        floor,
        "fdatasync of 4 KiB, overwritten",
        blocks=30,
        per_block=40,
    )


def _against_the_peer(folder: Path, stack: ExitStack) -> list[Row]:
    log = stack.enter_context(EventLog.open(folder / "new" / "events.db"))
    store = SQLiteDatastore(str(folder / "peer.db"))
    stack.callback(store.close)
    recorder = SQLiteApplicationRecorder(store)
    recorder.create_table()
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 2)):
        with store.transaction(commit=False) as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            if cursor.fetchone()[0] != value:
                raise RuntimeError(f"eventsourcing no longer uses {pragma} = {value}")
    stream, versions, state = uuid.uuid4(), itertools.count(1), _LINE.encode()

    def peer() -> None:
        recorder.insert_events([PeerEvent(stream, next(versions), "console", state)])

    append = _append(log)
    name = "log: append one event, durable"
    other = "eventsourcing SQLiteApplicationRecorder, WAL and FULL too"
    new = compare(f"{name}, new files", 0.8, append, peer, other, blocks=40, per_block=10)
    settled = compare(
        f"{name}, long after",
        1.0,
        _settled(append),
        _settled(peer),
        other,
        blocks=30,
        per_block=40,
    )
    return [new, settled]


def _verification(log: EventLog) -> Row:
    def bare() -> None:
        with log.database.reading() as connection:
            for row in connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq"):
                sha256("".join(map(str, row)).encode()).hexdigest()

    def check() -> None:
        if not verify(log).ok:
            raise RuntimeError("the generated log does not verify")

    name = f"log: verify {_VERIFIED:,} events"
    return compare(name, 1.5, check, bare, "read and hash the same rows", blocks=9, per_block=1)


def _growth(large: EventLog, empty: EventLog) -> list[Row]:
    chance = random.Random(1)
    sessions = [f"s{number}" for number in range(_SESSIONS)]
    ends = {log: log.last_seq() for log in (large, empty)}
    total = f"{ends[large]:,} events"

    def last(log: EventLog, session: Callable[[], str]) -> Callable[[], None]:
        views = Views(log.database)

        def call() -> None:
            if len(views.executions(session(), limit=50)) != 50:
                raise RuntimeError("the generated log lacks executions")

        return call

    def tail(log: EventLog) -> Callable[[], None]:
        def call() -> None:
            if len(log.tail(ends[log] - _NEW)) != _NEW:
                raise RuntimeError("the generated log lacks events")

        return call

    def anywhere() -> str:
        return chance.choice(sessions)

    reading = {"blocks": 30, "per_block": 40}
    return [
        compare(
            f"log: {_NEW} new events since a cursor, {total}",
            1.2,
            tail(large),
            tail(empty),
            "a log of one session",
            **reading,
        ),
        compare(
            f"log: last 50 executions of a session, {total}",
            2.5,
            last(large, anywhere),
            last(empty, lambda: "s0"),
            "a log of one session",
            **reading,
        ),
        compare(
            f"log: append to any of {_SESSIONS:,} sessions, {total}",
            1.3,
            _settled(_append(large, anywhere)),
            _settled(_append(empty)),
            "a log of one session",
            **reading,
        ),
    ]


def _append(log: EventLog, stream: Callable[[], str] = lambda: "s0") -> Callable[[], None]:
    event = [NewEvent("console", 1, _LINE, "s0.1")]

    def call() -> None:
        log.append(stream(), event, durable=True, actor=_ACTOR, worktree=_WORKTREE)

    return call


def _settled(call: Callable[[], None]) -> Callable[[], None]:
    """Return `call` after enough calls for a write-ahead log to be overwritten, not to grow."""
    for _ in range(_SETTLING):
        call()
    return call


def _filled(path: Path, sessions: int, executions: int) -> EventLog:
    """Return a log of `sessions` that have `executions` each, all running in turn."""
    EventLog.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        triggers = guards.fetchall()
        connection.execute("BEGIN")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        marks = ", ".join("?" * 12)
        connection.executemany(
            f"INSERT INTO event ({COLUMNS}) VALUES ({marks})", _events(sessions, executions)
        )
        connection.executemany(
            "INSERT INTO execution (session, number, kind, status, blob, code_preview, tree, dirty,"
            " generation, started_us, duration_us, digest, start_seq, end_seq) VALUES"
            " (?, ?, 'repl', 'ok', ?, 'price(orders[3])', ?, 0, 1, 0, 812, ?, ?, ?)",
            _executions(sessions, executions),
        )
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("COMMIT")
    return EventLog.open(path)


def _events(sessions: int, executions: int) -> Iterator[tuple[Any, ...]]:
    seq, previous = 0, GENESIS
    for number in range(1, executions + 1):
        version = (number - 1) * len(_EXECUTION)
        for session in range(sessions):
            stream, name = f"s{session}", f"s{session}.{number}"
            for place, (kind, payload) in enumerate(_EXECUTION, start=1):
                seq += 1
                row = (
                    *(seq, stream, version + place, kind, 1, 1_700_000_000_000_000 + seq),
                    *(name, _ACTOR, _WORKTREE, payload, previous),
                )
                previous = chain_hash(*row)
                yield (*row, previous)


def _executions(sessions: int, executions: int) -> Iterator[tuple[Any, ...]]:
    # By session, the order of the primary key.
    for session in range(sessions):
        for number in range(1, executions + 1):
            start = ((number - 1) * sessions + session) * len(_EXECUTION) + 1
            yield f"s{session}", number, _OID, _OID, "0" * 64, start, start + len(_EXECUTION) - 1
