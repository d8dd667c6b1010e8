"""The process that has one SQLite database open, so that the parent never has.

A database file is hostile data for a large C library, and SQL can loop in places that no handler
reaches; here both can be killed. The process locks itself into the database's folder first, then
opens the file, makes sure that it is the one that the grant was checked for, and serves requests
until its input ends. It loads nothing of vmgit but `kernel`, `landlock` and `database_*`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, BinaryIO
from urllib.parse import quote

from vmgit import landlock
from vmgit.kernel import prctl

from .database_rules import Rules, harden
from .database_values import Refused, bound, rows_of, split, told_value

#: Bytes of a database that is written, and of the memory of this process.
_MOST_FILE = 1024 * 1024 * 1024
_MOST_MEMORY = 1024 * 1024 * 1024
_BUSY_SECONDS = 2.0
#: How a journal ends that names the journal of several databases.
_SUPER_MAGIC = bytes.fromhex("d9d505f920a163d7")
_HEAD = 4


def main(folder: int, name: str, device: int, inode: int, writable: bool) -> None:
    """Serve the database `name` of the folder descriptor `folder` on standard input and output."""
    os.fchdir(folder)
    confine(folder, writable=writable)
    served = _Served(name, (device, inode), writable)
    while (request := _receive(sys.stdin.buffer)) is not None:
        try:
            answer: dict[str, Any] = {"result": served.answer(request)}
        except Refused as error:
            answer = {"error": [error.code, error.words]}
        body = json.dumps(answer, allow_nan=False).encode("ascii")
        sys.stdout.buffer.write(len(body).to_bytes(_HEAD, "big") + body)
        sys.stdout.buffer.flush()


def confine(folder: int, *, writable: bool) -> str | None:
    """Give up what serving a database in `folder` does not need; return what could not be."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_FILE, _MOST_FILE))
    if sys.platform == "linux":  # elsewhere the kernel takes no such limit for what it maps
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rights = landlock.READ_FILE | landlock.READ_DIR
    if writable:
        rights |= landlock.WRITE_FILE | landlock.MAKE_FILE | landlock.REMOVE_FILE
        rights |= landlock.TRUNCATE
    try:
        prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
        landlock.restrict({folder: rights})
    except OSError as error:
        return error.strerror or str(error)
    return None


def _receive(source: BinaryIO) -> dict[str, Any] | None:
    head = source.read(_HEAD)
    if len(head) < _HEAD:
        return None
    request: dict[str, Any] = json.loads(source.read(int.from_bytes(head, "big")))
    return request


class _Served:
    """The database, opened at the first request."""

    def __init__(self, name: str, identity: tuple[int, int], writable: bool) -> None:
        self._name = name
        self._identity = identity
        self._writable = writable
        self._rules = Rules()
        self._connection: sqlite3.Connection | None = None
        self._until = 0.0
        #: An unchanging view is not kept: others may begin to write.
        self.passing = False

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run the statements of a request. Raises `Refused`."""
        self._until = time.monotonic() + request["seconds"]
        self._rules.refused = None
        try:
            connection = self._open()
            if request["op"] == "query":
                sql, params = request["statements"][0]
                return self._query(connection, sql, params, big=request["big"])
            self._rules.writing = True
            return {"runs": self._write(connection, request)}
        except sqlite3.Error as error:
            raise self._told(error) from None
        except sqlite3.Warning:
            raise Refused("EINVAL", "one statement at a time") from None
        except MemoryError:
            raise Refused("ENOMEM", "the statement needs too much memory") from None
        finally:
            self._rules.writing = False
            if self.passing:
                self._close()

    # -- opening -----------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        if self._writable:
            self._check_journal()
        connection = self._connect("rw" if self._writable else "ro")
        if not self._writable:
            try:
                connection.execute("SELECT 1 FROM sqlite_master").close()
            except sqlite3.OperationalError:
                # A database with a write-ahead log needs files beside it, which a reader must not
                # make. Without a log there is nothing that the file itself lacks.
                if not self._is_quiet():
                    raise
                connection.close()
                connection = self._connect("ro&immutable=1")
                self.passing = True
        self._connection = connection
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        # The folder is where we are; a name by itself could mean a database in memory.
        uri = f"file:./{quote(self._name, safe='')}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            opened = list(_regular_files())
            if not opened or any(one != self._identity for one in opened):
                raise Refused("ELOOP", "another file than the one that is granted is there")
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.set_progress_handler(lambda: time.monotonic() > self._until, 10_000)
            harden(connection, self._rules)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _check_journal(self) -> None:
        """Refuse a journal that would make SQLite look for, and remove, a file that it names."""
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(f"{self._name}-journal", flags)
        except FileNotFoundError:
            return
        except OSError:
            raise Refused("ELOOP", "what stands beside it is no journal") from None
        with open(descriptor, "rb") as journal:
            size = os.fstat(descriptor).st_size
            journal.seek(max(0, size - len(_SUPER_MAGIC)))
            if journal.read() == _SUPER_MAGIC:
                raise Refused("EACCES", "its journal belongs to several databases")

    def _is_quiet(self) -> bool:
        """Tell whether it is a database for a write-ahead log that has none at the moment."""
        if any(os.path.lexists(self._name + end) for end in ("-wal", "-shm", "-journal")):
            return False
        with open(self._name, "rb") as file:
            return file.read(20)[18:20] == b"\2\2"

    # -- statements --------------------------------------------------------------------------

    def _query(
        self, connection: sqlite3.Connection, sql: str, params: Any, *, big: bool
    ) -> dict[str, Any]:
        if self._writable:
            self._ours(connection, "PRAGMA query_only = ON")
        try:
            with closing(connection.execute(sql, bound(params))) as cursor:
                names = [column[0] for column in cursor.description or ()]
                return {"columns": names, "rows": rows_of(cursor, big=big)}
        finally:
            if self._writable:
                self._ours(connection, "PRAGMA query_only = OFF")

    def _write(self, connection: sqlite3.Connection, request: dict[str, Any]) -> list[Any]:
        """Run statements that may write: one by itself, several as one transaction."""
        statements = [
            (one, params)
            for sql, params in request["statements"]
            for one in (split(sql) if params is None else [sql])
        ]
        if len(statements) == 1 and request["op"] == "exec":
            return [self._run(connection, *statements[0], big=request["big"])]
        self._ours(connection, "BEGIN IMMEDIATE")
        try:
            runs = []
            for sql, params in statements:
                runs.append(self._run(connection, sql, params, big=request["big"]))
                if not connection.in_transaction:
                    raise Refused("SQLITE_ABORT", "a statement rolled the transaction back")
            self._ours(connection, "COMMIT")
        finally:
            if connection.in_transaction:
                self._ours(connection, "ROLLBACK")
        return runs

    def _ours(self, connection: sqlite3.Connection, sql: str) -> None:
        """Run a statement of our own, whatever time is left: it takes next to none."""
        until, self._until = self._until, time.monotonic() + 1
        self._rules.ours = True
        try:
            connection.execute(sql).close()
        finally:
            self._rules.ours, self._until = False, until

    def _run(
        self, connection: sqlite3.Connection, sql: str, params: Any, *, big: bool
    ) -> dict[str, Any]:
        with closing(connection.execute(sql, bound(params))) as cursor:
            names = [column[0] for column in cursor.description or ()]
            # A statement with RETURNING is done only when its rows are read.
            rows = rows_of(cursor, big=big) if names else []
            changes = max(cursor.rowcount, 0)
        last = connection.execute("SELECT last_insert_rowid()").fetchone()[0]
        run = {"changes": told_value(changes, big=big), "last": told_value(last, big=big)}
        return {**run, "columns": names, "rows": rows} if names else run

    def _told(self, error: sqlite3.Error) -> Refused:
        """Return an error as JavaScript is told it; of SQL, SQLite's own words are the best."""
        code = getattr(error, "sqlite_errorname", None)
        if self._rules.refused is not None:
            return Refused("EACCES", self._rules.refused)
        if code is None:
            # Of the Python module, whose words differ between its versions.
            words = str(error)
            if "one statement" in words:
                return Refused("EINVAL", "one statement at a time")
            return Refused("EINVAL", "the parameters do not fit the statement")
        if code == "SQLITE_INTERRUPT":
            return Refused("ETIMEDOUT", "the statement took too long")
        return Refused(code, str(error))


def _regular_files() -> Iterator[tuple[int, int]]:
    """Yield device and inode of the regular files that this process has open."""
    for descriptor in range(3, 64):
        try:
            about = os.fstat(descriptor)
        except OSError:
            continue
        if stat.S_ISREG(about.st_mode):
            yield about.st_dev, about.st_ino
