"""What SQLite raises becomes an error with a way out; what it cannot explain stays what it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vmgit.errors import BusyError, EnvironmentFailure, RefusedError, UsageError, VmgitError
from vmgit.eventlog.faults import explain, is_busy, is_unwritable, translated
from vmgit.eventlog.log import EventLog

PATH = Path("/srv/shop/.git/vmgit/events.db")


def _error(code: int, text: str = "as SQLite says it") -> sqlite3.Error:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "cls"),
    [
        (sqlite3.SQLITE_BUSY, "busy", BusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy", BusyError),
        (sqlite3.SQLITE_LOCKED, "busy", BusyError),
        (sqlite3.SQLITE_CORRUPT, "log_damaged", EnvironmentFailure),
        (sqlite3.SQLITE_NOTADB, "log_damaged", EnvironmentFailure),
        (sqlite3.SQLITE_FULL, "disk_full", EnvironmentFailure),
        (sqlite3.SQLITE_IOERR_WRITE, "log_io", EnvironmentFailure),
        (sqlite3.SQLITE_IOERR_SHORT_READ, "log_io", EnvironmentFailure),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "log_readonly", EnvironmentFailure),
        (sqlite3.SQLITE_PERM, "log_readonly", EnvironmentFailure),
        (sqlite3.SQLITE_CANTOPEN, "log_unopenable", EnvironmentFailure),
        (sqlite3.SQLITE_CONSTRAINT_TRIGGER, "log_refused", RefusedError),
        (sqlite3.SQLITE_CONSTRAINT_CHECK, "log_refused", RefusedError),
    ],
)
def test_each_code_has_a_kind_a_path_and_a_hint(code: int, kind: str, cls: type) -> None:
    found = explain(_error(code), PATH)
    assert isinstance(found, VmgitError)
    assert type(found) is cls
    assert found.kind == kind
    assert str(PATH) in found.message
    assert found.message.endswith(".")
    assert found.hints


def test_a_name_in_use_is_a_usage_error() -> None:
    error = _error(sqlite3.SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: session.name")
    found = explain(error, PATH)
    assert isinstance(found, UsageError)
    assert found.kind == "name_taken"


def test_which_errors_are_worth_another_try() -> None:
    assert is_busy(_error(sqlite3.SQLITE_BUSY_RECOVERY))
    assert not is_busy(_error(sqlite3.SQLITE_FULL))
    assert is_unwritable(_error(sqlite3.SQLITE_READONLY_CANTINIT))
    assert not is_unwritable(sqlite3.OperationalError("without a code"))


@pytest.mark.parametrize("error", [_error(sqlite3.SQLITE_ERROR), ZeroDivisionError("ours")])
def test_a_bug_stays_a_bug(error: Exception) -> None:
    assert explain(error, PATH) is error
    with pytest.raises(type(error)) as caught, translated(PATH):
        raise error
    assert caught.value is error


def test_a_wrong_statement_is_not_blamed_on_the_surroundings(log: EventLog) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        log.database.rows("SELECT * FROM nowhere")
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        log.database.transaction(durable=False) as connection,
    ):
        connection.execute("SELECT * FROM nowhere")


def test_the_cause_is_kept() -> None:
    error = _error(sqlite3.SQLITE_FULL)
    with pytest.raises(EnvironmentFailure) as caught, translated(PATH):
        raise error
    assert caught.value.__cause__ is error


def test_a_file_error_names_its_reason() -> None:
    found = explain(PermissionError(13, "Permission denied"), PATH)
    assert isinstance(found, EnvironmentFailure)
    assert "Permission denied" in found.message
