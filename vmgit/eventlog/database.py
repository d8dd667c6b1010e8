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
from typing import Any, NamedTuple

from .faults import explain, translated
from .filesystem import filesystem_type, is_shared
from .migrations import schema_version

#: How often this process was forked from another one since it was started.
_forks = 0


def _forked() -> None:
    global _forks
    _forks += 1


os.register_at_fork(after_in_child=_forked)


class Health(NamedTuple):
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


def library_version() -> str:
    """Return the version of SQLite."""
    return sqlite3.sqlite_version


class Database:
    """An open database. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self.journal_mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        #: Held by whoever uses `connection`; for this module and its `Transaction` only.
        self.lock = threading.RLock()
        self.connection = connection
        self.forks = _forks
        #: Whether commits wait for the disk now; None before the first one.
        self.durable: bool | None = None

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self.lock:
            self.connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query. Raises `VmgitError` for what SQLite reports."""
        with self.lock, translated(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading row by row, under the lock, with errors translated.

        Run a query to its end inside: an open one keeps the write-ahead log from being reset.
        """
        with self.lock, translated(self.path):
            yield self.connection

    def transaction(self, *, durable: bool) -> Transaction:
        """Return a context that is one write transaction; its value is the connection.

        Committed at the end, rolled back when anything is raised. `durable=True` returns after
        the commit is on disk; `False` survives the death of every process, but not a power cut.
        Raises `BusyError` when the write lock is not free within the timeout.
        """
        return Transaction(self, durable)

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

    A class with little in it, and not a generator, because every append pays for it.
    """

    __slots__ = ("_database", "_durable")

    def __init__(self, database: Database, durable: bool) -> None:
        self._database = database
        self._durable = durable

    def __enter__(self) -> sqlite3.Connection:
        database = self._database
        connection = database.connection
        database.lock.acquire()
        try:
            if database.forks != _forks:
                raise RuntimeError("the event log was opened before a fork: open it again")
            if database.durable is not self._durable:
                self._set_synchronous()
            # Not a deferred BEGIN: one that read first fails at once, without waiting, when
            # another process wrote in between.
            connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            database.lock.release()
            reason = explain(error, database.path)
            if reason is error:
                raise
            raise reason from error
        return connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        database = self._database
        connection = database.connection
        try:
            if error is None:
                connection.execute("COMMIT")
        except BaseException as failure:
            error = failure
        finally:
            # Also after a COMMIT that failed; a full disk makes SQLite roll back by itself.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            database.lock.release()
        if error is None:
            return
        reason = explain(error, database.path)
        if reason is not error:
            raise reason from error
        if kind is None:
            raise error

    def _set_synchronous(self) -> None:
        database = self._database
        # With a rollback journal only EXTRA also syncs the folder after the journal is deleted;
        # without that a power cut can bring the journal back and undo the commit.
        level = (2 if database.journal_mode == "wal" else 3) if self._durable else 1
        # Not `execute`: SQLite runs this pragma when it is compiled, and a statement from
        # Python's cache is not compiled again.
        database.connection.executescript(f"PRAGMA synchronous = {level}")
        database.durable = self._durable
