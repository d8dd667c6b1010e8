"""Checks that the log is the one that was written: every row, its place, its guards.

Finds a changed column, a removed, inserted or reordered row, a cut off beginning, and a cut off
end as long as the counter in `sqlite_sequence` was not turned back with it. What it cannot find
is a log whose rows were all computed anew from some point on: for that, compare the last hash
with a copy kept elsewhere. Reads only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec

from vmgit.events.envelope import StoredEvent

from .chain import GENESIS, chain_hash
from .database import Database
from .log import COLUMNS, EventLog
from .migrations import migrate, newest_version, schema_version

#: Rows of one query: each is a read transaction of its own, so that a log that is being written
#: can still reset its write-ahead log.
_PAGE = 2000


class Verification(msgspec.Struct, frozen=True):
    """What a check found.

    `rows` counts the rows that are good, from the beginning; `head` is the hash of the last of
    them. `first_broken` is the first bad row and `reason` says what is wrong; rows that are gone
    from the end, or guards, leave `first_broken` None.
    """

    rows: int
    head: str
    first_broken: StoredEvent | None = None
    reason: str | None = None

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return self.reason is None


def verify(log: EventLog, *, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Check every row that is in the log now; stops at the first one that is wrong.

    `progress` is called after each page with the rows checked and their total. Raises
    `EnvironmentFailure` when SQLite cannot read the file at all.
    """
    database = log.database
    # One statement, so that both numbers are of the same moment.
    last, counter = database.rows(
        "SELECT ifnull(max(seq), 0),"
        " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0) FROM event"
    )[0]
    good, head = 0, GENESIS
    while good < last:
        good, head, broken = _check_page(database, good, last, head)
        if broken is not None:
            return Verification(good, head, *_explain(broken, good, head))
        if progress is not None:
            progress(good, last)
    return Verification(good, head, reason=_counter(last, counter) or _guards(database))


def _check_page(
    database: Database, good: int, last: int, head: str
) -> tuple[int, str, tuple[Any, ...] | None]:
    """Check the next rows; return the last good seq, its hash and the row that is broken."""
    query = f"SELECT {COLUMNS} FROM event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT {_PAGE}"
    start = good
    with database.reading() as connection:
        rows = connection.execute(query, (start, last))
        try:
            for row in rows:
                digest = row[11]
                if row[0] != good + 1 or row[10] != head or chain_hash(*row[:11]) != digest:
                    return good, head, row
                good, head = row[0], digest
        except sqlite3.OperationalError as error:
            # A text that is no UTF-8: Python cannot make a row of it and reports no SQLite code.
            if hasattr(error, "sqlite_errorcode"):
                raise
            return good, head, _raw_row(connection, good)
        finally:
            rows.close()
    return good, head, None


def _explain(row: tuple[Any, ...], good: int, head: str) -> tuple[StoredEvent, str]:
    event = StoredEvent(*row)
    if event.seq > good + 2:
        return event, f"rows {good + 1} to {event.seq - 1} before it are missing"
    if event.seq == good + 2:
        return event, f"row {good + 1} before it is missing"
    if chain_hash(*row[:11]) != event.hash:
        return event, "its content does not give its hash: a column was changed"
    return event, "it does not follow the row before it: that row was changed, added or removed"


def _raw_row(connection: sqlite3.Connection, good: int) -> tuple[Any, ...]:
    columns = ", ".join(f"CAST({name} AS BLOB)" for name in COLUMNS.split(", ") if name != "seq")
    query = f"SELECT seq, {columns} FROM event WHERE seq > ? ORDER BY seq LIMIT 1"
    seq, *rest = connection.execute(query, (good,)).fetchone()
    values: list[Any] = [
        None if value is None else value.decode("utf-8", "replace") for value in rest
    ]
    for number in (1, 3, 4):  # version, schema and time_us are integers
        values[number] = int(values[number])
    return (seq, *values)


def _counter(last: int, counter: int) -> str | None:
    if counter > last:
        return f"rows {last + 1} to {counter} at the end are missing"
    if counter < last:
        return f"the log's counter stands at {counter}, before its last row {last}"
    return None


def _guards(database: Database) -> str | None:
    with database.reading() as connection:
        if schema_version(connection) != newest_version():
            return None
        present = _triggers(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as own:
        migrate(own)
        for name, sql in _triggers(own).items():
            if present.get(name) != sql:
                return f"the trigger {name}, which keeps rows from being changed, is not in place"
    return None


def _triggers(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(
        connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    )
