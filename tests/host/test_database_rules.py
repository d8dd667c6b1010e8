"""SQL that wants out of its database, or to change what it may only read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from .databases import Door

ESCAPES = [
    "ATTACH 'made/other.db' AS o",
    "ATTACH ':memory:' AS o",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO 'made/copy.db'",
    "PRAGMA journal_mode = WAL",
    "PRAGMA writable_schema = ON",
    "PRAGMA temp_store_directory = '/tmp'",
    "PRAGMA mmap_size = 1000000",
    "PRAGMA trusted_schema = ON",
    "PRAGMA hard_heap_limit = 0",
    "PRAGMA query_only = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA database_list",
    "PRAGMA compile_options",
    "SELECT * FROM pragma_database_list",
    "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT * FROM sqlite_dbpage",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT a",
    "CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd')",
    "CREATE VIRTUAL TABLE v USING fts3(a)",
    "CREATE TEMP TABLE t(a)",
    "UPDATE sqlite_master SET sql = ''",
    "DELETE FROM sqlite_schema",
]


@pytest.mark.parametrize("op", ["query", "exec"])
def test_sql_stays_in_its_database(stored: Door, op: str) -> None:
    stored.answer("open", "made/a.db")
    for sql in ESCAPES:
        assert stored.fault(op, "made/a.db", sql=sql).code is not None, sql
        assert os.listdir(stored.root / "made") == ["a.db"], sql


WRITES = [
    "INSERT INTO item(name) VALUES ('x')",
    "INSERT INTO item(name) VALUES ('x') RETURNING id",
    "WITH x AS (SELECT 1) DELETE FROM item",
    "CREATE TABLE t(a)",
    "CREATE VIRTUAL TABLE t USING fts5(a)",
    "DROP TABLE item",
    "PRAGMA user_version = 5",
    "ANALYZE",
]


@pytest.mark.parametrize("path", ["data/a.db", "made/a.db"])
def test_a_query_only_reads(stored: Door, path: str) -> None:
    if path.startswith("made"):
        stored.answer("open", path)
        stored.answer("exec", path, sql="CREATE TABLE item(id INTEGER PRIMARY KEY, name)")
    before = (stored.root / path).read_bytes()
    for sql in WRITES:
        assert stored.fault("query", path, sql=sql).code == "EACCES", sql
    assert (stored.root / path).read_bytes() == before


def test_versions_of_a_schema_can_be_kept(stored: Door) -> None:
    stored.answer("open", "made/v.db")
    stored.answer("exec", "made/v.db", sql="PRAGMA user_version = 7")
    assert stored.rows("made/v.db", "PRAGMA user_version") == [[7]]
    assert stored.rows("data/a.db", "PRAGMA table_info(item)")[0][1] == "id"


def test_a_view_or_trigger_of_the_file_gets_no_further(stored: Door) -> None:
    with closing(sqlite3.connect(stored.root / "data/evil.db")) as made:
        made.executescript(
            "CREATE VIEW item AS SELECT load_extension('x') AS a, readfile('y') AS b"
        )
    assert stored.fault("query", "data/evil.db", sql="SELECT * FROM item").code is not None
