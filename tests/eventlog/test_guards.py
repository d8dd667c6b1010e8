"""Insert-only on any connection: every other way to write is tried with SQLite's defaults."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vmgit.eventlog.log import COLUMNS, EventLog
from vmgit.eventlog.verify import verify

from .making import note, put, raw

#: Every value is taken from a row that exists; `{seq}` and `{version}` say where it shall go.
_COPY = (
    "stream, {version}, type, schema, time_us, execution, actor, worktree, payload, prev_hash,"
    " hash FROM event WHERE seq = 2"
)
_INTO = f"INTO event ({COLUMNS}) SELECT {{seq}}, {_COPY}"

FORBIDDEN = {
    "update": "UPDATE event SET payload = '{}' WHERE seq = 2",
    "update of nothing new": "UPDATE event SET seq = seq",
    "update or replace": "UPDATE OR REPLACE event SET seq = 1 WHERE seq = 2",
    "update or ignore": "UPDATE OR IGNORE event SET actor = 'x'",
    "delete": "DELETE FROM event WHERE seq = 2",
    "delete all": "DELETE FROM event",
    "replace a seq": f"REPLACE {_INTO.format(seq=2, version='version')}",
    "insert or replace a seq": f"INSERT OR REPLACE {_INTO.format(seq=2, version=9)}",
    "replace a stream version": f"INSERT OR REPLACE {_INTO.format(seq=9, version='version')}",
    "replace without a seq": f"INSERT OR REPLACE {_INTO.format(seq='NULL', version='version')}",
    "insert again": f"INSERT {_INTO.format(seq=2, version='version')}",
    "insert or ignore": f"INSERT OR IGNORE {_INTO.format(seq=2, version='version')}",
    "upsert on seq": f"INSERT {_INTO.format(seq=2, version=9)} AND true"
    " ON CONFLICT (seq) DO UPDATE SET payload = '{}'",
    "upsert on version": f"INSERT {_INTO.format(seq=9, version='version')} AND true"
    " ON CONFLICT (stream, version) DO UPDATE SET payload = '{}'",
    "insert before the first": f"INSERT {_INTO.format(seq=0, version=4)}",
    "insert seq -1": f"INSERT {_INTO.format(seq=-1, version=4)}",
    "insert after a gap": f"INSERT {_INTO.format(seq=5, version=4)}",
    "insert beside the chain": f"INSERT {_INTO.format(seq=4, version=4)}",
}


@pytest.fixture
def filled(log: EventLog) -> EventLog:
    put(log, "s", note("a"), note("b"), note("c"))
    return log


@pytest.mark.parametrize("sql", FORBIDDEN.values(), ids=FORBIDDEN.keys())
@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_a_plain_connection_cannot_change_rows(
    filled: EventLog, path: Path, sql: str, recursive: str
) -> None:
    before = filled.read()
    with raw(path) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|CHECK constraint"):
            connection.execute(sql)
    assert filled.read() == before
    assert verify(filled).ok


def test_setting_the_counter_back_does_not_open_the_past(filled: EventLog, path: Path) -> None:
    before = filled.read()
    last = before[-1].hash
    with raw(path) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'event'")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(
                f"INSERT OR REPLACE INTO event ({COLUMNS}) SELECT 2, stream, 4, type, schema,"
                " time_us, execution, actor, worktree, payload, ?, hash FROM event WHERE seq = 2",
                (last,),
            )
    assert filled.read() == before
    assert verify(filled).reason == "the log's counter stands at 1, before its last row 3"


def test_a_row_that_continues_the_log_is_accepted(filled: EventLog, path: Path) -> None:
    # What the triggers refuse is judged by the same rules that let an honest writer in.
    last = filled.read()[-1]
    with raw(path) as connection:
        connection.execute(
            f"INSERT INTO event ({COLUMNS}) SELECT NULL, stream, 4, type, schema, time_us,"
            " execution, actor, worktree, payload, hash, hash FROM event WHERE seq = 3"
        )
    found = filled.read()[-1]
    assert (found.seq, found.version, found.prev_hash) == (4, 4, last.hash)


def test_the_table_is_strict(filled: EventLog, path: Path) -> None:
    with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        connection.execute(f"INSERT {_INTO.format(seq=4, version=repr('four'))}")


def test_vacuum_keeps_the_numbers(filled: EventLog, path: Path) -> None:
    before = filled.read()
    with raw(path) as connection:
        connection.execute("VACUUM")
    assert filled.read() == before
    assert verify(filled).ok
