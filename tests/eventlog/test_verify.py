"""Tampering of every kind, done by somebody who took the triggers away first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.eventlog.chain import GENESIS, chain_hash
from vmgit.eventlog.log import COLUMNS, EventLog
from vmgit.eventlog.verify import verify

from .making import note, put, raw


@pytest.fixture
def filled(log: EventLog) -> EventLog:
    for number in range(10):
        put(log, f"s{number % 2}", note(str(number)))
    return log


@pytest.fixture
def tamper(filled: EventLog, path: Path) -> Callable[..., None]:
    """Run statements as somebody who removes the guards, and puts them back afterwards."""

    def run(*statements: str) -> None:
        with raw(path) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for statement in statements:
                connection.execute(statement)
            for _, sql in guards:
                connection.execute(sql)

    return run


def _renumber(first: int, shift: int) -> Iterator[str]:
    """Move the rows from `first` on by `shift`, without collisions on the way."""
    yield f"UPDATE event SET seq = -seq WHERE seq >= {first}"
    yield f"UPDATE event SET seq = -seq + {shift} WHERE seq < 0"


def test_an_untouched_log_is_good(filled: EventLog) -> None:
    found = verify(filled)
    assert (found.ok, found.rows, found.first_broken, found.reason) == (True, 10, None, None)
    assert found.head == filled.read()[-1].hash


def test_an_empty_log_is_good(log: EventLog) -> None:
    assert (verify(log).ok, verify(log).rows, verify(log).head) == (True, 0, GENESIS)


CHANGES = {
    "stream": "'s9'",
    "version": "77",
    "type": "'host.call'",
    "schema": "2",
    "time_us": "time_us + 1",
    "execution": "'s.1'",
    "actor": "'mallory'",
    "worktree": "'elsewhere'",
    "payload": """'{"level":"log","text":"forged"}'""",
    "hash": f"'{'1' * 64}'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_found(
    filled: EventLog, tamper: Callable[..., None], column: str
) -> None:
    tamper(f"UPDATE event SET {column} = {CHANGES[column]} WHERE seq = 4")
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (3, 4)
    assert found.reason == "its content does not give its hash: a column was changed"


def test_every_column_is_tried() -> None:
    assert {*CHANGES, "seq", "prev_hash"} == set(COLUMNS.split(", "))


def test_a_changed_link_is_found(filled: EventLog, tamper: Callable[..., None]) -> None:
    tamper(f"UPDATE event SET prev_hash = '{'2' * 64}' WHERE seq = 4")
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq, found.ok) == (3, 4, False)


def test_a_row_with_a_new_hash_breaks_the_next_one(
    filled: EventLog, tamper: Callable[..., None]
) -> None:
    row = filled.read()[3]
    values = [getattr(row, name) for name in row._fields[:11]]
    values[7] = "mallory"
    tamper(
        f"UPDATE event SET actor = 'mallory', hash = '{chain_hash(*values)}' WHERE seq = 4",
    )
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (4, 5)
    assert "that row was changed" in (found.reason or "")


@pytest.mark.parametrize(
    ("where", "broken", "reason"),
    [
        ("seq = 5", 6, "row 5 before it is missing"),
        ("seq IN (5, 6, 7)", 8, "rows 5 to 7 before it are missing"),
        ("seq <= 3", 4, "rows 1 to 3 before it are missing"),
        ("seq = 1", 2, "row 1 before it is missing"),
    ],
)
def test_removed_rows_are_found(
    filled: EventLog, tamper: Callable[..., None], where: str, broken: int, reason: str
) -> None:
    tamper(f"DELETE FROM event WHERE {where}")
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.first_broken.seq, found.reason) == (broken, reason)


def test_a_closed_gap_is_found(filled: EventLog, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM event WHERE seq = 5", *_renumber(6, -1))
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (4, 5)


def test_an_inserted_row_is_found(filled: EventLog, tamper: Callable[..., None]) -> None:
    columns = COLUMNS.removeprefix("seq, stream, version,")
    tamper(
        *_renumber(5, 1),
        f"INSERT INTO event ({COLUMNS}) SELECT 5, 'new', 1, {columns} FROM event WHERE seq = 4",
    )
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (4, 5)


def test_exchanged_rows_are_found(filled: EventLog, tamper: Callable[..., None]) -> None:
    tamper(
        "UPDATE event SET seq = 100 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = 100",
    )
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (3, 4)


@pytest.mark.parametrize("count", [1, 4, 10])
def test_a_cut_off_end_is_found_by_the_counter(
    filled: EventLog, tamper: Callable[..., None], count: int
) -> None:
    tamper(f"DELETE FROM event WHERE seq > {10 - count}")
    found = verify(filled)
    assert found.first_broken is None
    assert found.reason == f"rows {11 - count} to 10 at the end are missing"


def test_a_log_that_lost_its_end_never_reuses_numbers(
    filled: EventLog, tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM event WHERE seq = 10")
    (stored,) = put(filled, "s1", note("later"))
    assert stored.seq == 11
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.first_broken.seq, found.reason) == (11, "row 10 before it is missing")


def test_a_text_that_is_no_utf8_is_a_broken_row(
    filled: EventLog, tamper: Callable[..., None]
) -> None:
    tamper("UPDATE event SET actor = CAST(x'61ff62' AS TEXT) WHERE seq = 4")
    found = verify(filled)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq, found.first_broken.actor) == (3, 4, "a�b")
    assert found.first_broken.version == 2
    assert "a column was changed" in (found.reason or "")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER event_no_delete",
        "DROP TRIGGER event_no_update",
        "DROP TRIGGER event_only_at_the_end",
    ],
)
def test_a_missing_guard_is_found(filled: EventLog, path: Path, statement: str) -> None:
    with raw(path) as connection:
        connection.execute(statement)
    found = verify(filled)
    assert (found.rows, found.first_broken) == (10, None)
    assert statement.rpartition(" ")[2] in (found.reason or "")


def test_a_weakened_guard_is_found(filled: EventLog, path: Path) -> None:
    with raw(path) as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute(
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT 1; END"
        )
    assert "event_no_delete" in (verify(filled).reason or "")


def test_progress_is_reported_and_pages_join(log: EventLog) -> None:
    put(log, "s", *(note(str(number)) for number in range(4500)))
    calls: list[tuple[int, int]] = []
    found = verify(log, progress=lambda done, total: calls.append((done, total)))
    assert (found.ok, found.rows) == (True, 4500)
    assert calls == [(2000, 4500), (4000, 4500), (4500, 4500)]


@pytest.mark.parametrize("seq", [1, 2000, 2001, 4500])
def test_page_borders_are_checked(
    log: EventLog, path: Path, tamper: Callable[..., None], seq: int
) -> None:
    put(log, "s", *(note(str(number)) for number in range(4490)))
    tamper(f"UPDATE event SET actor = 'mallory' WHERE seq = {seq}")
    found = verify(log)
    assert found.first_broken is not None
    assert (found.rows, found.first_broken.seq) == (seq - 1, seq)


def test_a_log_opened_for_reading_can_be_verified(filled: EventLog, path: Path) -> None:
    with EventLog.open(path, readonly=True) as reader:
        assert verify(reader).rows == 10


def _overwrite(path: Path, start: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + len(data)] = data
    path.write_bytes(content)


def test_damaged_pages_are_an_environment_failure(path: Path) -> None:
    with EventLog.open(path) as log:
        put(log, "s", *(note("x" * 100) for _ in range(2000)))
    _overwrite(path, path.stat().st_size // 2, b"\xa5" * 20_000)
    with EventLog.open(path) as log, pytest.raises(EnvironmentFailure, match="cannot be read"):
        verify(log)


@pytest.mark.parametrize("damage", [b"y", b"\xff"], ids=["other text", "no text"])
def test_a_flipped_byte_in_the_file_is_a_broken_row(path: Path, damage: bytes) -> None:
    with EventLog.open(path) as log:
        put(log, "s", note("a"), note("x" * 50), note("b"))
    _overwrite(path, path.read_bytes().index(b"x" * 50) + 20, damage)
    with EventLog.open(path) as log:
        found = verify(log)
        assert found.first_broken is not None
        assert (found.rows, found.first_broken.seq) == (1, 2)
