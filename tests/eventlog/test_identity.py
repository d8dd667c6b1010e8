"""Files of other programs and of other versions of this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify
from vmgit.version import __version__

from .making import note, put, raw


@pytest.fixture
def written(path: Path) -> Path:
    with EventLog.open(path) as log:
        put(log, "s", note())
    return path


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize(
    "statement", ["CREATE TABLE bookmarks (url TEXT)", "PRAGMA application_id = 1234"]
)
def test_a_database_of_another_program_is_left_alone(
    path: Path, statement: str, readonly: bool
) -> None:
    path.parent.mkdir()
    with raw(path) as connection:
        connection.execute(statement)
    before = path.read_bytes()
    with pytest.raises(EnvironmentFailure, match="not one of vmgit") as caught:
        EventLog.open(path, readonly=readonly)
    assert (caught.value.kind, caught.value.exit_code) == ("not_a_log", 4)
    assert path.read_bytes() == before


def test_a_newer_log_is_not_written(written: Path) -> None:
    with raw(written) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = written.read_bytes()
    with pytest.raises(EnvironmentFailure) as caught:
        EventLog.open(written)
    error = caught.value
    assert (error.kind, error.exit_code) == ("log_newer", 4)
    assert "schema version 7" in error.message
    assert f"this vmgit ({__version__}) knows versions up to 3" in error.message
    assert error.details == {"log_version": 7, "known_version": 3}
    assert "Upgrade vmgit" in error.hints[0]
    assert written.read_bytes() == before


def test_a_newer_log_that_only_adds_can_be_read(written: Path) -> None:
    with raw(written) as connection:
        connection.execute("PRAGMA user_version = 7")
        connection.execute("ALTER TABLE event ADD COLUMN signature TEXT")
        connection.execute("CREATE TABLE other (a)")
    with EventLog.open(written, readonly=True) as log:
        assert [event.version for event in log.read()] == [1]
        assert verify(log).ok
        assert log.health().schema_version == 7


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE event RENAME COLUMN actor TO who", "DROP TABLE execution"],
)
def test_a_newer_log_that_lacks_what_is_needed_cannot_be_read(
    written: Path, statement: str
) -> None:
    with raw(written) as connection:
        connection.execute("PRAGMA user_version = 7")
        connection.execute(statement)
    with pytest.raises(EnvironmentFailure, match="schema version 7") as caught:
        EventLog.open(written, readonly=True)
    assert caught.value.kind == "log_newer"


def test_an_older_log_is_not_brought_up_to_date_by_a_reader(written: Path) -> None:
    with raw(written) as connection:
        connection.execute("DROP TABLE session")
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(EnvironmentFailure, match="schema version 1") as caught:
        EventLog.open(written, readonly=True)
    assert caught.value.kind == "log_older"
