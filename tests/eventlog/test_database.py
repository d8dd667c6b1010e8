"""Transactions: durability, locks, threads, and what is left when one fails."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vmgit.errors import BusyError, EnvironmentFailure
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify

from .making import note, put, raw


def test_durability_sets_the_level_of_each_commit(log: EventLog) -> None:
    levels = []
    for durable in (True, False, False, True, True, False):
        with log.database.transaction(durable=durable) as connection:
            # A comment makes the statement new: the answer to a cached one can be old.
            query = f"PRAGMA synchronous /* {len(levels)} */"
            levels.append(connection.execute(query).fetchone()[0])
    assert levels == [2, 1, 1, 2, 2, 1]


def test_a_failed_transaction_leaves_nothing_open(log: EventLog) -> None:
    with pytest.raises(ZeroDivisionError), log.database.transaction(durable=False):
        raise ZeroDivisionError
    put(log, "s", note())
    assert log.last_seq() == 1


def test_threads_may_share_a_log(log: EventLog) -> None:
    def write(stream: str) -> None:
        for number in range(50):
            put(log, stream, note(str(number)))

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [log.version(f"t{number}") for number in range(4)] == [50] * 4
    assert verify(log).ok


def test_closing_twice_is_fine(path: Path) -> None:
    log = EventLog.open(path)
    log.close()
    log.close()


def test_health_tells_sizes_and_mode(log: EventLog, path: Path) -> None:
    put(log, "s", note())
    health = log.health()
    assert (health.path, health.journal_mode, health.readonly) == (str(path), "wal", False)
    assert health.schema_version == 3
    assert health.database_bytes == path.stat().st_size
    assert health.wal_bytes == Path(f"{path}-wal").stat().st_size > 0


def test_a_locked_log_is_busy_after_the_timeout(path: Path) -> None:
    with EventLog.open(path, timeout_s=0.05) as log, raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="locked") as caught:
            put(log, "s", note())
        assert caught.value.exit_code == 6
        other.execute("ROLLBACK")
        put(log, "s", note())
        assert log.last_seq() == 1


def test_a_locked_log_is_waited_for(path: Path) -> None:
    with EventLog.open(path, timeout_s=30) as log, raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=put, args=(log, "s", note()))
        thread.start()
        # Readers are blocked neither by the writer nor by the one that waits.
        with EventLog.open(path, readonly=True) as reader:
            assert reader.last_seq() == 0
        other.execute("ROLLBACK")
        thread.join()
        assert log.last_seq() == 1


def test_an_append_after_a_read_does_not_fail_on_a_foreign_write(log: EventLog, path: Path) -> None:
    with EventLog.open(path) as other:
        assert log.last_seq() == 0
        put(other, "s", note())
        put(log, "s", note())
        put(other, "s", note())
        assert [event.seq for event in log.read()] == [1, 2, 3]


_FORK = """
import os, sys
from pathlib import Path
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

def append(log):
    log.append("s", [NewEvent("console", 1, "{}")], durable=False, actor="a", worktree="w")

with EventLog.open(Path(sys.argv[1])) as log:
    append(log)
    if os.fork() == 0:
        try:
            append(log)
        except RuntimeError as error:
            os.write(1, str(error).encode())
        os._exit(0)
    os.wait()
    append(log)
"""


def test_a_log_that_crossed_a_fork_refuses_to_write(path: Path) -> None:
    # In a process of its own: the test runner's threads must not be copied.
    done = subprocess.run(
        [sys.executable, "-c", _FORK, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "the event log was opened before a fork: open it again"
    with EventLog.open(path) as log:
        assert verify(log).rows == 2


def test_a_full_database_rolls_back_and_recovers(log: EventLog) -> None:
    put(log, "s", note())
    pages = log.database.rows("PRAGMA page_count")[0][0]
    log.database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EnvironmentFailure, match="is full; nothing was recorded") as caught:
        put(log, "s", note(), note("x" * 2_000_000), durable=True)
    assert caught.value.kind == "disk_full"
    assert log.last_seq() == 1
    log.database.rows("PRAGMA max_page_count = 1000000")
    put(log, "s", note("x" * 20_000))
    assert verify(log).rows == 2
