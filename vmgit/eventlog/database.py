"""An open SQLite database: its lock, its reads, and the only door to a write transaction.

A `Database` may be used by several threads, one at a time under its lock; it must not cross a
fork. It knows nothing of events, nor of how a file is made and checked: that is `connection`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from .faults import explain, translated
from .filesystem import filesystem_type, is_shared
from .migrations import schema_version


class Health(msgspec.Struct, frozen=True):
    """What `status` and `doctor` tell about the database file; sizes in bytes.

    `shared` is true on a filesystem that other machines may use: there `journal_mode` is
    `delete` instead of `wal`.
    """

    path: str
    journal_mode: str
    filesystem: str | None
    shared: bool
    database_bytes: int
    wal_bytes: int
    schema_version: int
    readonly: bool


class Database:
    """An open database. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self.journal_mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        self._lock = threading.RLock()
        self._connection = connection
        self._pid = os.getpid()
        self._synchronous = -1

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query. Raises `VmgitError` for what SQLite reports."""
        with self._lock, translated(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading row by row, under the lock, with errors translated.

        Run a query to its end inside: an open one keeps the write-ahead log from being reset.
        """
        with self._lock, translated(self.path):
            yield self._connection

    def transaction(self, *, durable: bool) -> Transaction:
        """Return a context that is one write transaction; its value is the connection.

        Committed at the end, rolled back when anything is raised. `durable=True` returns after
        the commit is on disk; `False` survives the death of every process, but not a power cut.
        Raises `BusyError` when the write lock is not free within the timeout.
        """
        return Transaction(self, durable)

    def begin(self, durable: bool) -> sqlite3.Connection:
        """Begin a transaction, for `Transaction` only; the lock is held when it returns."""
        self._lock.acquire()
        try:
            if self._pid != os.getpid():
                raise RuntimeError("the event log was opened before a fork: open it again")
            self._set_synchronous(durable)
            # Not a deferred BEGIN: one that read first fails at once, without waiting, when
            # another process wrote in between.
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        return self._connection

    def end(self, *, commit: bool) -> None:
        """End the transaction that `begin` began, for `Transaction` only."""
        try:
            if commit:
                self._connection.execute("COMMIT")
        finally:
            # Also when the commit failed; a full disk makes SQLite roll back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._lock.release()

    def _set_synchronous(self, durable: bool) -> None:
        # With a rollback journal only EXTRA also syncs the folder after the journal is deleted;
        # without that a power cut can bring the journal back and undo the commit.
        level = (2 if self.journal_mode == "wal" else 3) if durable else 1
        if level != self._synchronous:
            # Not `execute`: SQLite runs this pragma when it is compiled, and a statement from
            # Python's cache is not compiled again.
            self._connection.executescript(f"PRAGMA synchronous = {level}")
            self._synchronous = level

    def health(self) -> Health:
        """Return what can be said of the file."""
        wal = Path(f"{self.path}-wal")
        kind = filesystem_type(self.path.parent)
        with self.reading() as connection:
            version = schema_version(connection)
        return Health(
            path=str(self.path),
            journal_mode=self.journal_mode,
            filesystem=kind,
            shared=is_shared(kind),
            database_bytes=self.path.stat().st_size,
            wal_bytes=wal.stat().st_size if wal.exists() else 0,
            schema_version=version,
            readonly=self.readonly,
        )


class Transaction:
    """One write transaction; see `Database.transaction`.

    A class, not a generator: every append pays for it.
    """

    __slots__ = ("_database", "_durable")

    def __init__(self, database: Database, durable: bool) -> None:
        self._database = database
        self._durable = durable

    def __enter__(self) -> sqlite3.Connection:
        try:
            return self._database.begin(self._durable)
        except sqlite3.Error as error:
            raise explain(error, self._database.path) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._database.end(commit=error is None)
        except sqlite3.Error as failure:
            raise explain(failure, self._database.path) from failure
        if error is not None and (reason := explain(error, self._database.path)) is not error:
            raise reason from error
