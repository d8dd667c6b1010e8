"""Brings a database to the schema of this program, one file of `schema/` at a time.

Each `NNNN_*.sql` runs in one transaction together with the new `user_version`, so that a crash
leaves the old schema or the new one. Files that were released are never edited: a change is a
new file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from vmgit.resources import data_path

#: `PRAGMA application_id` of every vmgit database: "vmgt" in ASCII.
APPLICATION_ID = 0x766D6774


def migrations() -> list[tuple[int, Path]]:
    """Return the shipped migrations as (number, file), in order.

    Raises `RuntimeError` when the numbers are not 1, 2, 3 and so on: the installation is broken.
    """
    found = []
    for path in data_path("schema").iterdir():
        number, _, name = path.name.partition("_")
        if len(number) == 4 and number.isdecimal() and name.endswith(".sql"):
            found.append((int(number), path))
    found.sort()
    if [number for number, _ in found] != list(range(1, len(found) + 1)) or not found:
        raise RuntimeError(f"the migrations in {data_path('schema')} are not numbered 1, 2, 3...")
    return found


def newest_version() -> int:
    """Return the schema version that this program writes."""
    return migrations()[-1][0]


def migrate(
    connection: sqlite3.Connection, finish: Callable[[sqlite3.Connection], object] | None = None
) -> None:
    """Apply the migrations that `connection`'s database does not have yet.

    `finish` runs in the transaction of the last one, so that what it computes for the new schema
    is there when the new version is. The connection must be in autocommit mode. Several processes
    may do this at once.
    """
    shipped = migrations()
    for number, path in shipped:
        if schema_version(connection) >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been quicker while this one waited for the lock.
            if schema_version(connection) < number:
                for statement in statements(path.read_text(encoding="utf-8")):
                    connection.execute(statement)
                if finish is not None and number == shipped[-1][0]:
                    finish(connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the schema version of the database."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would commit the open transaction."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise ValueError(f"the script ends inside a statement: {pending.strip()[:60]}")
