"""Makes events for the tests of the log: plain ones, and those of sessions and executions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from vmgit.eventlog.log import EventLog
from vmgit.events import execution as ex
from vmgit.events import session as se
from vmgit.events.envelope import NewEvent, StoredEvent
from vmgit.events.registry import encode
from vmgit.limits import Limits
from vmgit.outcome import Status

OID = "1234567890" * 4
SEED = "5eed" * 8


def note(text: str = "hello") -> NewEvent:
    """Return one console line."""
    return encode(ex.Console("log", text))


def put(log: EventLog, stream: str, *events: NewEvent, durable: bool = False) -> list[StoredEvent]:
    """Append to a stream as the tests' actor."""
    return log.append(stream, events, durable=durable, actor="tests", worktree="main")


def record(log: EventLog, session: str, *payloads: msgspec.Struct) -> list[StoredEvent]:
    """Append payloads of a session."""
    return put(log, session, *(encode(payload) for payload in payloads))


def created(name: str | None = None, **fields: object) -> se.Created:
    """Return the payload that begins a session."""
    values = {"tree": OID, "profile": "default", "seed": SEED, "vmgit": "0"}
    return se.Created(name=name, **(values | fields))  # type: ignore[arg-type]


def ready(generation: int = 1) -> se.Ready:
    """Return the payload of a first generation without startup files."""
    return se.Ready(
        tree=OID, generation=generation, effective={}, files={}, startup=(), duration_us=7
    )


def forked(parent: str, version: int, name: str | None = None) -> se.Forked:
    """Return the payload that begins a fork."""
    return se.Forked(parent=parent, version=version, seed=SEED, name=name, vmgit="0")


def refreshed(generation: int) -> se.Refreshed:
    """Return the payload of a further generation without startup files."""
    return se.Refreshed(
        tree=OID,
        generation=generation,
        effective={},
        files={},
        startup=(),
        duration_us=7,
        mode="rerun",
        fresh=False,
        changed=("startup/a.js",),
    )


def refresh_failed(generation: int, message: str = "it threw") -> se.RefreshFailed:
    """Return the payload of a refresh that failed."""
    return se.RefreshFailed(
        tree=OID,
        generation=generation,
        mode="rerun",
        changed=(),
        message=message,
        files={},
        deps={},
    )


def started(session: str, number: int, text: str | None = "1+1", **fields: object) -> NewEvent:
    """Return the event that begins an execution."""
    values: dict[str, object] = {"kind": "repl", "generation": 1, "blob": OID, "tree": OID}
    payload = ex.Started(
        number=number,
        text=text,
        seed=SEED,
        limits=Limits(),
        vmgit="0",
        engine="test",
        **(values | fields),  # type: ignore[arg-type]
    )
    return encode(payload, execution=f"{session}.{number}")


def finished(session: str, number: int, status: Status = "ok") -> NewEvent:
    """Return the event that ends an execution."""
    payload = ex.Finished(status=status, digest=f"{number:064x}", duration_us=5, cpu_us=4)
    return encode(payload, execution=f"{session}.{number}")


def run(log: EventLog, session: str, numbers: Sequence[int]) -> None:
    """Append whole executions to a session."""
    for number in numbers:
        put(log, session, started(session, number))
        put(log, session, finished(session, number))


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection with SQLite's defaults, as a plain `sqlite3` shell has it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
