"""Turns what SQLite raises into errors that a person can act on.

This is the one place where `sqlite3` errors are translated: every statement of the log runs
inside `translated`. It must not know what the statement was for.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType

from vmgit.errors import BusyError, EnvironmentFailure, RefusedError, UsageError, VmgitError

#: Primary result codes (the low byte of `sqlite_errorcode`), https://sqlite.org/rescode.html
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_VERIFY = "Run `vmgit journal verify` to find the first damaged row."


class translated:
    """A context in which SQLite's errors leave as `VmgitError`; cheap enough for every append."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and (reason := explain(error, self._path)) is not error:
            raise reason from error


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether `error` says that another connection holds the lock."""
    return _primary(error) in _BUSY


def is_unwritable(error: sqlite3.Error) -> bool:
    """Return whether `error` says that the file or its folder cannot be opened or written."""
    return _primary(error) in _UNWRITABLE


def explain(error: BaseException, path: Path) -> BaseException:
    """Return the `VmgitError` that says what `error` means for the log at `path`.

    Returns `error` itself when no surroundings explain it: then a statement of vmgit is wrong.
    """
    if isinstance(error, sqlite3.Error):
        return _explain_sqlite(error, path)
    if isinstance(error, OSError):
        return EnvironmentFailure(
            f"The event log {path} cannot be opened: {error.strerror}.",
            hints=[f"Check that you may read and write {path.parent}."],
            code="log_unopenable",
        )
    if isinstance(error, UnicodeEncodeError):
        return UsageError(
            f"A text for the log is not valid Unicode: {error.reason} at position "
            f"{error.start} of {error.object[:60]!r}.",
            hints=["Escape it as ASCII JSON before it is appended."],
        )
    return error


def _explain_sqlite(error: sqlite3.Error, path: Path) -> VmgitError | sqlite3.Error:
    code = _primary(error)
    if code in _BUSY:
        return BusyError(
            f"The event log {path} is locked by another process.",
            hints=["Wait until the other vmgit command has ended, then try again."],
        )
    if code in _DAMAGED:
        # What is no database at all has no rows that could be checked.
        verify = [_VERIFY] if code == sqlite3.SQLITE_CORRUPT else []
        return EnvironmentFailure(
            f"The event log {path} cannot be read: {error}.",
            hints=[*verify, "Put a copy of the file back, or move it away to begin a new log."],
            code="log_damaged",
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return _constraint(error, path)
    return _environment(error, code, path) or error


def _primary(error: sqlite3.Error) -> int:
    # Errors that Python itself raises (a closed connection, a bad parameter) have no code.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _constraint(error: sqlite3.Error, path: Path) -> VmgitError:
    text = str(error)
    if text == "UNIQUE constraint failed: session.name":
        return UsageError(
            "Another session of this repository has that name already.",
            hints=["Choose another name; `vmgit session list --all` shows the names in use."],
            code="name_taken",
        )
    return RefusedError(
        f"The event log {path} refused the row: {text}.", hints=[_VERIFY], code="log_refused"
    )


def _environment(error: sqlite3.Error, code: int, path: Path) -> EnvironmentFailure | None:
    if code == sqlite3.SQLITE_FULL:
        message = f"The disk that holds the event log {path} is full; nothing was recorded."
        return EnvironmentFailure(
            message, hints=["Free some space and try again."], code="disk_full"
        )
    if code == sqlite3.SQLITE_IOERR:
        return EnvironmentFailure(
            f"The event log {path} could not be read or written: {error}.",
            hints=["Check free space, quota and file size limit of that disk, then try again."],
            code="log_io",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return EnvironmentFailure(
            f"The event log {path} cannot be written: {error}.",
            hints=[f"Give yourself write permission on {path.parent} and the files in it."],
            code="log_readonly",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return EnvironmentFailure(
            f"The event log {path} cannot be opened.",
            hints=[f"Check that {path.parent} exists and that you may read and write it."],
            code="log_unopenable",
        )
    return None
