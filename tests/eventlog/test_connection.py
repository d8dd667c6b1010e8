"""Opening a log: files and permissions, pragmas, wrong files, locks, full disks."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.eventlog.connection import open_database
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify

from .making import note, put, raw


def test_folder_and_files_are_private(log: EventLog, path: Path) -> None:
    put(log, "s", note())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {child.name: stat.S_IMODE(child.stat().st_mode) for child in path.parent.iterdir()}
    assert modes == {"events.db": 0o600, "events.db-wal": 0o600, "events.db-shm": 0o600}


def test_pragmas_are_set_on_the_first_and_the_second_opening(path: Path) -> None:
    expected = {
        "journal_mode": "wal",
        "page_size": 2048,
        "recursive_triggers": 1,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "busy_timeout": 10_000,
        "journal_size_limit": 8 * 1024 * 1024,
        "application_id": int.from_bytes(b"vmgt", "big"),
        "user_version": 3,
    }
    for _ in range(2):
        with EventLog.open(path) as log:
            found = {name: log.database.rows(f"PRAGMA {name}")[0][0] for name in expected}
            assert found == expected


def test_events_survive_closing(path: Path) -> None:
    with EventLog.open(path) as log:
        put(log, "s", note("a"), durable=True)
    assert [child.name for child in path.parent.iterdir()] == ["events.db"]
    with EventLog.open(path) as log:
        put(log, "s", note("b"))
        assert [event.version for event in log.read()] == [1, 2]


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "a b?c#d%41\n" / "events.db"
    with EventLog.open(path) as log:
        put(log, "s", note())
    assert path.exists()


def test_without_a_write_ahead_log_the_contract_holds(path: Path) -> None:
    with EventLog.open(path, journal="delete") as log:
        put(log, "s", note("a"), durable=True)
        put(log, "s", note("b"))
        assert log.health().journal_mode == "delete"
        assert {child.name for child in path.parent.iterdir()} == {"events.db"}
        with log.database.transaction(durable=True) as connection:
            # EXTRA: the folder is synced too, after the journal is deleted.
            assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
        assert verify(log).rows == 2
    with EventLog.open(path, journal="wal") as log:
        assert log.health().journal_mode == "wal"
        assert verify(log).rows == 2


@pytest.mark.parametrize("content", [b"", None], ids=["empty file", "interrupted creation"])
def test_an_empty_database_is_a_beginning(path: Path, content: bytes | None) -> None:
    path.parent.mkdir()
    if content is None:
        with raw(path) as connection:
            connection.execute("PRAGMA journal_mode = wal")
        assert path.stat().st_size == 4096
    else:
        path.write_bytes(content)
    with EventLog.open(path) as log:
        put(log, "s", note())
        assert verify(log).rows == 1


GARBAGE = {
    "text": b"this is not a database\n" * 400,
    "short": b"xy",
    "zeros": b"\0" * 8192,
    "header only": b"SQLite format 3\0" + b"\xff" * 5000,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database_is_left_alone(
    path: Path, content: bytes, readonly: bool
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(EnvironmentFailure, match="cannot be read") as caught:
        EventLog.open(path, readonly=readonly)
    assert (caught.value.kind, caught.value.exit_code) == ("log_damaged", 4)
    assert str(path) in caught.value.message
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(EnvironmentFailure, match="cannot be opened"):
        EventLog.open(path)


def test_a_file_in_the_place_of_the_folder(path: Path) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(EnvironmentFailure, match=r"cannot be (made|opened)"):
        EventLog.open(path)


def test_reading_where_nothing_was_recorded_makes_nothing(path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="no event log") as caught:
        EventLog.open(path, readonly=True)
    assert caught.value.kind == "no_log"
    assert not path.parent.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(EnvironmentFailure, match="no event log"):
        EventLog.open(path, readonly=True)
    assert path.stat().st_size == 0


def test_a_log_opened_for_reading_refuses_to_append(log: EventLog, path: Path) -> None:
    put(log, "s", note())
    with EventLog.open(path, readonly=True) as reader:
        assert reader.last_seq() == 1
        with pytest.raises(EnvironmentFailure) as caught:
            put(reader, "s", note())
        assert caught.value.kind == "log_readonly"
        put(log, "s", note())
        assert reader.last_seq() == 2


_FILL = """
import resource, sys
from pathlib import Path
from vmgit.errors import EnvironmentFailure
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

with EventLog.open(Path(sys.argv[1])) as log:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    try:
        while True:
            event = NewEvent("console", 1, '{"text":"' + "x" * 5000 + '"}')
            seq = log.append("s", [event], durable=True, actor="a", worktree="w")[-1].seq
            print(seq, flush=True)
    except EnvironmentFailure as error:
        print(error.kind)
"""


def test_a_disk_that_takes_no_more_loses_nothing_acknowledged(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(path)], capture_output=True, text=True, check=True
    )
    *acknowledged, kind = done.stdout.split()
    assert kind in ("disk_full", "log_io")
    with EventLog.open(path) as log:
        found = verify(log)
        assert found.ok
        assert found.rows == len(acknowledged) > 5
        put(log, "s", note())


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        (folder / "vmgit").chmod(0o755)


_AS_NOBODY = """
import os, sys
from pathlib import Path
from vmgit.errors import EnvironmentFailure
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify

path, readonly = Path(sys.argv[1]), sys.argv[2] == "read"
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    with EventLog.open(path, readonly=readonly) as log:
        print("opened", log.last_seq(), verify(log).ok)
except EnvironmentFailure as error:
    print(error.kind, len(error.hints))
"""


def _as_nobody(path: Path, how: str) -> str:
    """Open the log as a user without special rights and return what came of it."""
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(path), how],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_folder_that_cannot_be_written(public_folder: Path) -> None:
    folder = public_folder / "vmgit"
    folder.mkdir()
    folder.chmod(0o555)
    assert _as_nobody(folder / "events.db", "write") == "log_unopenable 1"


def test_a_log_in_a_folder_that_cannot_be_written_can_be_read(public_folder: Path) -> None:
    path = public_folder / "vmgit" / "events.db"
    with EventLog.open(path) as log:
        put(log, "s", note())
    path.chmod(0o444)
    path.parent.chmod(0o555)
    assert _as_nobody(path, "read") == "opened 1 True"
    assert _as_nobody(path, "write") in ("log_readonly 1", "log_unopenable 1")
    assert sorted(child.name for child in path.parent.iterdir()) == ["events.db"]


def test_an_old_sqlite_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(EnvironmentFailure, match=r"needs SQLite 3\.37 or newer"):
        open_database(path)
    assert not os.path.exists(path)
