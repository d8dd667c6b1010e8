"""`sqlite`: granted databases only, SQL that stays within them, limits; on real files."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from vmgit.host.sqlite import MOST_OPEN
from vmgit.outcome import Fault

from .databases import Door


def test_rows_and_parameters(stored: Door) -> None:
    found = stored.answer("query", "data/a.db", sql="SELECT id, raw AS r, price FROM item")
    assert found == {
        "columns": ("id", "r", "price"),
        "rows": ((1, {"base64": "AP8="}, 1.5), (2, None, None)),
    }
    by_name = "SELECT name FROM item WHERE id = :id OR id = @id OR id = $id"
    assert stored.rows("data/a.db", by_name, {"id": 2}) == [["ä"]]
    assert stored.rows("data/a.db", "SELECT ?2, ?1", [1, "x"]) == [["x", 1]]
    assert stored.rows("./data//a.db", "SELECT count(*) FROM item") == [[2]]


@pytest.mark.parametrize(
    ("given", "kind", "told"),
    [
        (None, "null", None),
        (3, "integer", 3),
        (2**53 - 1, "integer", 2**53 - 1),
        (2**53, "integer", {"int": str(2**53)}),
        ({"int": str(-(2**63))}, "integer", {"int": str(-(2**63))}),
        (1.5, "real", 1.5),
        ({"real": "1e21"}, "real", 1e21),
        ({"real": "Infinity"}, "real", {"real": "Infinity"}),
        ({"real": "-Infinity"}, "real", {"real": "-Infinity"}),
        ("", "text", ""),
        ("a\U0001f600", "text", "a\U0001f600"),
        ({"base64": "AAE="}, "blob", {"base64": "AAE="}),
        ({"base64": ""}, "blob", {"base64": ""}),
    ],
)
def test_values_survive_the_way_there_and_back(
    stored: Door, given: Any, kind: str, told: Any
) -> None:
    assert stored.rows("data/a.db", "SELECT typeof(?1), ?1", [given]) == [[kind, told]]


def test_big_integers_everywhere_when_asked_for(stored: Door) -> None:
    found = stored.answer("query", "data/a.db", sql="SELECT 1, 1.0, '1'", big=True)
    assert found["rows"] == (({"int": "1"}, 1.0, "1"),)


def test_writing(stored: Door) -> None:
    assert stored.answer("open", "made/x/new.db") == {"writable": True, "made": True}
    assert stored.answer("open", "made/x/new.db") == {"writable": True, "made": False}
    script = "CREATE TABLE t(a, b); INSERT INTO t VALUES ('x;''y', 1); -- done"
    assert stored.answer("exec", "made/x/new.db", sql=script)["last"] == 1
    run = stored.answer("exec", "made/x/new.db", sql="INSERT INTO t VALUES (?, ?)", params=[1, 2])
    assert run == {"changes": 1, "last": 2}
    run = stored.answer("exec", "made/x/new.db", sql="UPDATE t SET b = 5 RETURNING rowid, b")
    assert (run["changes"], run["columns"], run["rows"]) == (2, ["rowid", "b"], ((1, 5), (2, 5)))
    with closing(sqlite3.connect(stored.root / "made/x/new.db")) as real:
        assert real.execute("SELECT a, b FROM t").fetchall() == [("x;'y", 5), (1, 5)]


def test_a_transaction_is_all_or_nothing(stored: Door) -> None:
    stored.answer("open", "made/t.db")
    stored.answer("exec", "made/t.db", sql="CREATE TABLE t(a UNIQUE)")
    insert = "INSERT INTO t VALUES (?)"
    good = [{"sql": insert, "params": [1]}, {"sql": insert, "params": [2]}]
    runs = stored.answer("transaction", "made/t.db", statements=good)
    assert [run["last"] for run in runs] == [1, 2]
    bad = [{"sql": insert, "params": [3]}, {"sql": insert, "params": [1]}]
    fault = stored.fault("transaction", "made/t.db", statements=bad)
    assert fault.code == "SQLITE_CONSTRAINT_UNIQUE"
    rolled = [{"sql": "INSERT OR ROLLBACK INTO t VALUES (1)"}]
    assert stored.fault("transaction", "made/t.db", statements=rolled).code is not None
    assert stored.rows("made/t.db", "SELECT a FROM t") == [[1], [2]]
    script = "INSERT INTO t VALUES (7); INSERT INTO t VALUES (1)"
    assert stored.fault("exec", "made/t.db", sql=script).code == "SQLITE_CONSTRAINT_UNIQUE"
    assert stored.rows("made/t.db", "SELECT count(*) FROM t") == [[2]]


def test_other_programs_see_and_make_changes(stored: Door) -> None:
    stored.answer("open", "made/shared.db")
    stored.answer("exec", "made/shared.db", sql="CREATE TABLE t(a)")
    with closing(sqlite3.connect(stored.root / "made/shared.db", isolation_level=None)) as other:
        other.execute("INSERT INTO t VALUES (1)")
        assert stored.rows("made/shared.db", "SELECT a FROM t") == [[1]]
        other.execute("BEGIN IMMEDIATE")
        fault = stored.fault("exec", "made/shared.db", sql="INSERT INTO t VALUES (2)")
        assert fault.code == "SQLITE_BUSY"
        other.execute("COMMIT")
        stored.answer("exec", "made/shared.db", sql="INSERT INTO t VALUES (2)")
        assert other.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_database_with_a_write_ahead_log_can_be_read(stored: Door) -> None:
    path = stored.root / "data/wal.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE t(a)")
        writer.execute("INSERT INTO t VALUES (1)")
        assert stored.rows("data/wal.db", "SELECT a FROM t") == [[1]]
        writer.execute("INSERT INTO t VALUES (2)")
        assert stored.rows("data/wal.db", "SELECT count(*) FROM t") == [[2]]
        stored.registry.close()
    # As it is committed: without the log, in a folder where nothing may be made.
    assert not path.with_name("wal.db-wal").exists()
    assert stored.rows("data/wal.db", "SELECT count(*) FROM t") == [[2]]
    assert sorted(os.listdir(stored.root / "data")) == ["a.db", "wal.db"]


def test_a_replaced_file_is_opened_anew(stored: Door) -> None:
    assert stored.rows("data/a.db", "SELECT count(*) FROM item") == [[2]]
    with closing(sqlite3.connect(stored.root / "data/b.db")) as made:
        made.execute("CREATE TABLE item(id)")
    os.replace(stored.root / "data/b.db", stored.root / "data/a.db")
    assert stored.rows("data/a.db", "SELECT count(*) FROM item") == [[0]]


def test_many_databases(stored: Door) -> None:
    for number in range(MOST_OPEN + 3):
        stored.answer("open", f"made/{number}.db")
    stored.answer("exec", "made/0.db", sql="CREATE TABLE t(a)")
    assert stored.rows("made/0.db", "SELECT count(*) FROM t") == [[0]]


def test_full_text_and_json_are_there(stored: Door) -> None:
    stored.answer("open", "made/f.db")
    script = "CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('one two')"
    stored.answer("exec", "made/f.db", sql=script)
    assert stored.rows("made/f.db", "SELECT a FROM f WHERE f MATCH 'two'") == [["one two"]]
    assert stored.rows("made/f.db", "SELECT value FROM json_each('[1,2]')") == [[1], [2]]


# -- grants ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "path", "lacks"),
    [
        ("open", "other.db", 'sqlite.read = ["other.db"]'),
        ("query", "other.db", 'sqlite.read = ["other.db"]'),
        ("query", "data/x/a.db", 'sqlite.read = ["data/x/a.db"]'),
        ("exec", "data/a.db", 'sqlite.write = ["data/a.db"]'),
        ("transaction", "data/a.db", 'sqlite.write = ["data/a.db"]'),
        ("exec", "data/a.db-journal", 'sqlite.write = ["data/a.db-journal"]'),
    ],
)
def test_a_denial_names_the_missing_grant(stored: Door, op: str, path: str, lacks: str) -> None:
    fault = stored.fault(op, path, sql="SELECT 1", statements=[])
    message = f'sqlite.{op} is not granted by profile "shop": [capabilities] {lacks}'
    assert fault == Fault("CapabilityError", message, code="denied")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("data/none.db", "ENOENT"),
        ("data/.git/a.db", "EACCES"),
        ("made/.GIT./a.db", "EACCES"),
        ("linked/a.db", "EACCES"),
        ("", "EISDIR"),
        ("made/..", "EINVAL"),
        ("/etc/a.db", "EINVAL"),
        ("made\\a.db", "EINVAL"),
        ("made/a\0.db", "EINVAL"),
        ("made/" + "x" * 300, "ENAMETOOLONG"),
        (1, None),
    ],
)
def test_bad_paths(stored: Door, path: Any, code: str | None) -> None:
    assert stored.fault("query", path, sql="SELECT 1").code == code


def test_what_is_no_database(stored: Door) -> None:
    (stored.root / "data/text.db").write_text("this is no database at all, " * 50)
    (stored.root / "data/folder.db").mkdir()
    os.mkfifo(stored.root / "data/pipe.db")
    assert stored.fault("open", "data/text.db").code == "SQLITE_NOTADB"
    assert stored.fault("open", "data/folder.db").code == "EISDIR"
    assert stored.fault("open", "data/pipe.db").code == "EINVAL"


@pytest.mark.parametrize(
    "name", [":memory:", "a?mode=rwc.db", "a%00.db", "a#b.db", "file:x.db", "é"]
)
def test_odd_names_are_names(stored: Door, name: str) -> None:
    stored.answer("open", f"made/{name}")
    stored.answer("exec", f"made/{name}", sql="CREATE TABLE t(a)")
    assert name in os.listdir(stored.root / "made")
    assert stored.rows(f"made/{name}", "SELECT count(*) FROM t") == [[0]]


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"sql": 1},
        {"sql": "SELECT \ud800"},
        {"sql": "SELECT 1\0; DROP"},
        {"sql": "SELECT ?", "params": "x"},
        {"sql": "SELECT ?", "params": [True]},
        {"sql": "SELECT ?", "params": [[1]]},
        {"sql": "SELECT ?", "params": [{}]},
        {"sql": "SELECT ?", "params": [{"int": "x"}]},
        {"sql": "SELECT ?", "params": [{"int": str(2**63)}]},
        {"sql": "SELECT ?", "params": [{"int": "1", "real": "1"}]},
        {"sql": "SELECT ?", "params": [2**63]},
        {"sql": "SELECT ?", "params": [{"real": "nan"}]},
        {"sql": "SELECT ?", "params": [{"base64": "*"}]},
        {"sql": "SELECT ?", "params": ["\ud800"]},
        {"sql": "SELECT 1", "big": 1},
        {"sql": "SELECT 1", "mode": "rwc"},
    ],
)
def test_hostile_requests_are_type_errors(stored: Door, others: dict[str, Any]) -> None:
    assert stored.fault("query", "data/a.db", **others).name == "TypeError"


@pytest.mark.parametrize(
    ("sql", "params", "words"),
    [
        ("SELECT ?", [], "the parameters do not fit the statement"),
        ("SELECT ?", [1, 2], "the parameters do not fit the statement"),
        ("SELECT :a", {"b": 1}, "the parameters do not fit the statement"),
        ("SELECT 1; SELECT 2", [], "one statement at a time"),
        ("SELECT nope", [], "no such column: nope"),
        ("SELEC", [], 'near "SELEC": syntax error'),
    ],
)
def test_what_sql_is_told(stored: Door, sql: str, params: Any, words: str) -> None:
    fault = stored.fault("query", "data/a.db", sql=sql, params=params)
    assert f": {words}: data/a.db" in fault.message
