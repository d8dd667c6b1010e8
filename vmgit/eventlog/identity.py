"""Decides, before anything is written, whether a file is a vmgit database of a version we know.

The answers differ because the ways out differ: a foreign file must be left alone, a newer log
needs a newer program, an empty file is a beginning.
"""

from __future__ import annotations

import enum
import sqlite3
from pathlib import Path

from vmgit.errors import EnvironmentFailure
from vmgit.version import __version__

from .migrations import APPLICATION_ID, migrate, newest_version, schema_version


class Identity(enum.Enum):
    """What the file is: nothing yet, a log this program may write, or one it may only read."""

    EMPTY = "empty"
    KNOWN = "known"
    READABLE = "readable"


def check_identity(
    connection: sqlite3.Connection, path: Path, *, readonly: bool = False
) -> Identity:
    """Return what the file at `path` is; it is only read, and only through SQLite.

    (To open and close it here would drop the locks that this process holds on it:
    https://sqlite.org/howtocorrupt.html, "Posix advisory locks canceled by a separate thread".)
    Raises `EnvironmentFailure` for a database of another program, for a newer log unless
    `readonly` finds every table and column that it needs, and for an older one that `readonly`
    cannot bring up to date.
    """
    # One read transaction: another process may be making the tables at this moment.
    connection.execute("BEGIN")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = schema_version(connection)
    connection.execute("COMMIT")
    if application == 0 and tables == 0:
        return Identity.EMPTY
    if application != APPLICATION_ID:
        raise EnvironmentFailure(
            f"{path} is a SQLite database, but not one of vmgit.",
            hints=["Move it away; vmgit makes its own at the next command."],
            code="not_a_log",
        )
    known = newest_version()
    if version == known or (version < known and not readonly):
        return Identity.KNOWN
    if readonly and _has_known_columns(connection):
        return Identity.READABLE
    raise _newer(path, version, known) if version > known else _older(path, version, known)


def _newer(path: Path, version: int, known: int) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"The event log {path} has schema version {version}; "
        f"this vmgit ({__version__}) knows versions up to {known} and must not write to it.",
        hints=["Upgrade vmgit to the version that wrote the log, or a later one."],
        details={"log_version": version, "known_version": known},
        code="log_newer",
    )


def _older(path: Path, version: int, known: int) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"The event log {path} has schema version {version}, this vmgit ({__version__}) reads "
        f"version {known}, and a log that is only read is not brought up to date.",
        hints=["Run a vmgit command that may write to it once, such as `vmgit run -e 1+1`."],
        details={"log_version": version, "known_version": known},
        code="log_older",
    )


def _has_known_columns(connection: sqlite3.Connection) -> bool:
    # What this program needs is what its own migrations make.
    own = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(own)
        needed = _columns(own)
    finally:
        own.close()
    return needed <= _columns(connection)


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = (
        "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table'"
    )
    return set(connection.execute(query).fetchall())
