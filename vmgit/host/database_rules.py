"""What SQL may do: an authorizer that refuses everything it does not know, and SQLite's own limits.

It runs in the process that has a database open. It knows no grants: a connection either reads or
may write, as it was opened.
"""

from __future__ import annotations

import sqlite3
import sys

#: Bytes of one value or row, of a statement; what one statement may be made of.
MOST_VALUE = 4 * 1024 * 1024
MOST_SQL = 256 * 1024
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: MOST_SQL,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 100,
}
#: Bytes that SQLite may take from the heap.
_MOST_HEAP = 128 * 1024 * 1024

_READS = {
    *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE),
}
_WRITES = {
    *(sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE),
    *(sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_ALTER_TABLE),
    *(sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_REINDEX),
    *(sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_ANALYZE),
    *(sqlite3.SQLITE_CREATE_TRIGGER, sqlite3.SQLITE_DROP_TRIGGER),
}
_TABLE_MODULES = {"fts5", "rtree"}
#: Functions that reach out of the database; the library has more of them in some builds.
_CLOSED_FUNCTIONS = {
    *("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "fileio_ls", "lsdir"),
    *("sqlite_log", "sqlite_dbpage"),
}
#: What a PRAGMA may be asked, and with which of them an argument asks and changes nothing.
_PRAGMAS = {
    *("application_id", "data_version", "encoding", "freelist_count", "journal_mode"),
    *("page_count", "page_size", "schema_version", "user_version", "collation_list"),
}
_PRAGMAS_WITH = {
    *("foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo"),
    *("integrity_check", "quick_check", "table_info", "table_list", "table_xinfo"),
}
_PRAGMAS_SET = {"application_id", "user_version"}


class Rules:
    """The authorizer of a connection; `writing` is set while a statement may write."""

    def __init__(self) -> None:
        self.writing = False
        #: True for statements of our own, such as COMMIT.
        self.ours = False
        #: Why the last statement was refused, None when it was not.
        self.refused: str | None = None

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, by: str | None
    ) -> int:
        """Say whether a statement that is compiled may do something; see `set_authorizer`."""
        refused = self._refusal(action, first, second)
        if refused is None:
            return sqlite3.SQLITE_OK
        self.refused = self.refused or refused
        return sqlite3.SQLITE_DENY

    def _refusal(self, action: int, first: str | None, second: str | None) -> str | None:
        if self.ours or action in _READS:
            return None
        if action == sqlite3.SQLITE_FUNCTION:
            closed = (second or "").lower() in _CLOSED_FUNCTIONS
            return f"the function {second} is not available" if closed else None
        if action == sqlite3.SQLITE_PRAGMA:
            return self._pragma((first or "").lower(), second)
        if action in (sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT):
            return "transactions are made by transaction([...])"
        if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
            return "ATTACH, DETACH and VACUUM are not available"
        if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            # Asked when a table of a module is first read, and of nobody's own UPDATE: that is
            # refused as long as `writable_schema` is off.
            return None
        if action in _WRITES:
            return None if self.writing else "a query only reads; use exec"
        if action == sqlite3.SQLITE_CREATE_VTABLE and (second or "").lower() in _TABLE_MODULES:
            return None if self.writing else "a query only reads; use exec"
        if action == sqlite3.SQLITE_DROP_VTABLE:
            return None if self.writing else "a query only reads; use exec"
        return "the statement is not available"

    def _pragma(self, name: str, value: str | None) -> str | None:
        if name in _PRAGMAS_WITH or (name in _PRAGMAS and value is None):
            return None
        if name in _PRAGMAS_SET and self.writing:
            return None
        return "this PRAGMA is not available"


def harden(connection: sqlite3.Connection, rules: Rules) -> None:
    """Put a new connection under `rules` and limits, before any foreign SQL reaches it."""
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    for pragma in (
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "foreign_keys = ON",
        "temp_store = MEMORY",  # no file but the database's own is ever made
        "mmap_size = 0",  # a file that is cut meanwhile would end the process
        f"hard_heap_limit = {_MOST_HEAP}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.set_authorizer(rules)
