"""Opens the database file: makes it, checks it before any write, sets it up, brings it up to date.

Everything that is true of the file and not of its rows stands here: permissions, pragmas, the
journal mode that its filesystem allows. It knows nothing of events.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from vmgit.errors import EnvironmentFailure

from .database import Database
from .faults import is_busy, is_unwritable, translated
from .filesystem import filesystem_type, is_shared
from .identity import Identity, check_identity
from .migrations import migrate

Journal = Literal["auto", "wal", "delete"]

#: Every commit writes whole pages, and an event needs three of them. Half of SQLite's default
#: makes a durable append 3-5 % quicker; reading is as quick, the file 14 % larger.
_PAGE_SIZE = 2048

#: How long the write-ahead log gets between checkpoints, pages: a process that opens the log
#: reads it, so it is kept at half of SQLite's default.
_JOURNAL_PAGES = 500

#: Above what the write-ahead log has between checkpoints, so that it is overwritten in place; a
#: longer one, left by a long read, is cut back to this.
_JOURNAL_SIZE_LIMIT = 8 * 1024 * 1024

_PRAGMAS = (
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "cell_size_check = ON",
    "temp_store = MEMORY",
    "cache_size = -8192",
    f"journal_size_limit = {_JOURNAL_SIZE_LIMIT}",
    f"wal_autocheckpoint = {_JOURNAL_PAGES}",
)


def open_database(
    path: Path,
    *,
    readonly: bool = False,
    timeout_s: float = 10.0,
    journal: Journal = "auto",
    upgraded: Callable[[sqlite3.Connection], object] | None = None,
) -> Database:
    """Open the database at `path`, making or migrating it unless `readonly`.

    The folder is made with mode 0700 and the file with 0600. `timeout_s` is how long a locked
    database is waited for. `journal="auto"` uses a write-ahead log except on shared filesystems.
    `upgraded` runs in the transaction that brings the database to the newest schema.
    Raises `EnvironmentFailure` when it is not a vmgit database, is newer than this program,
    damaged or out of reach, and `BusyError` when it stays locked; nothing was written then.
    """
    if sqlite3.sqlite_version_info < (3, 37):
        raise EnvironmentFailure(
            f"vmgit needs SQLite 3.37 or newer; this Python has {sqlite3.sqlite_version}.",
            hints=["Use a Python that was built with a newer SQLite."],
        )
    if readonly:
        return _open_readonly(path, timeout_s)
    _create(path)
    with translated(path):
        connection = _connect(path, "mode=rw", timeout_s)
        try:
            new = check_identity(connection, path) is Identity.EMPTY
            if new:
                connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            _set_pragmas(connection)
            mode = _journal_mode(path, journal)
            _set_journal_mode(connection, mode, timeout_s)
            migrate(connection, upgraded)
            if new and mode == "wal":
                _grow_journal(connection)
            return Database(path, connection, readonly=False)
        except BaseException:
            connection.close()
            raise


def empty_database(path: Path) -> Database:
    """Return a database without rows that stands for the file at `path`, which is not there.

    For whoever only reads: nothing is made on the disk, and nothing can be written.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection, None)
    connection.execute("PRAGMA query_only = ON")
    return Database(path, connection, readonly=True)


def _grow_journal(connection: sqlite3.Connection) -> None:
    """Give the write-ahead log its full size before the first event.

    A commit that makes the file longer also waits for the filesystem's own journal, which doubles
    the time of a durable append. The pages of the filler are free afterwards; events fill them.
    """
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE filler (content BLOB)")
    connection.execute("INSERT INTO filler VALUES (zeroblob(?))", (_JOURNAL_PAGES * _PAGE_SIZE,))
    connection.execute("DROP TABLE filler")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(RESTART)")


def _open_readonly(path: Path, timeout_s: float) -> Database:
    with translated(path):
        if not path.exists():
            raise _no_log(path)
        try:
            return _connect_readonly(path, "mode=ro", timeout_s)
        except sqlite3.OperationalError as error:
            # Where not even SQLite's shared memory file can be made, a database that no writer
            # has open (it has no write-ahead log then) is read as a file that does not change.
            if not is_unwritable(error) or Path(f"{path}-wal").exists():
                raise
        return _connect_readonly(path, "mode=ro&immutable=1", timeout_s)


def _connect_readonly(path: Path, mode: str, timeout_s: float) -> Database:
    connection = _connect(path, mode, timeout_s)
    try:
        if check_identity(connection, path, readonly=True) is Identity.EMPTY:
            raise _no_log(path)
        _set_pragmas(connection)
        connection.execute("PRAGMA query_only = ON")
        # Not for writing: SQLite before 3.41 calls json_valid, in a CHECK, unsafe then.
        connection.execute("PRAGMA trusted_schema = OFF")
        return Database(path, connection, readonly=True)
    except BaseException:
        connection.close()
        raise


def _no_log(path: Path) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"There is no event log at {path} yet.",
        hints=["`vmgit run -e 1+1` makes the first entry."],
        code="no_log",
    )


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        # The file is there, or something that is no folder stands in its way: opening it tells.
        return
    except OSError as error:
        raise EnvironmentFailure(
            f"The event log {path} cannot be made: {error.strerror}.",
            hints=[f"Check the permissions and the free space of {path.parent}."],
            code="log_unopenable",
        ) from error
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Else a power cut could lose the file's name together with rows that were acknowledged.
        os.fsync(folder)
    finally:
        os.close(folder)


def _connect(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{mode}",
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        check_same_thread=False,
    )


def _set_pragmas(connection: sqlite3.Connection) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _journal_mode(path: Path, journal: Journal) -> str:
    if journal != "auto":
        return journal
    return "delete" if is_shared(filesystem_type(path.parent)) else "wal"


def _set_journal_mode(connection: sqlite3.Connection, mode: str, timeout_s: float) -> None:
    # A change of mode needs the file alone and does not always wait for it by itself.
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
