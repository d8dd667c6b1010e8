"""`sqlite`: granted databases only, SQL that stays within them, limits; on real files."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from vmgit.host import database_child
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.host.sqlite import MOST_OPEN, MOST_SQL
from vmgit.limits import Limits
from vmgit.outcome import Fault
from vmgit.profile import Capabilities, DatabaseGrant, Profile

GRANT = DatabaseGrant(read=("data/*.db",), write=("made/**",))


class Door:
    """A registry that grants databases below a folder."""

    def __init__(self, root: Path, grant: DatabaseGrant = GRANT, wall_ms: int = 5000) -> None:
        self.root = root
        profile = Profile(capabilities=Capabilities(sqlite=grant), limits=Limits(wall_ms=wall_ms))
        outside = Surroundings(root, private=("linked",))
        self.registry = Registry(profile, kv=KvStore(), surroundings=outside, name="shop")

    def answer(self, op: str, path: str, **others: Any) -> Any:
        answer = self.registry.call(f"sqlite.{op}", {"path": path, **others})
        assert answer.error is None, answer
        return answer.result

    def rows(self, path: str, sql: str, params: Any = None) -> list[list[Any]]:
        found = self.answer("query", path, sql=sql, params=params)
        return [list(row) for row in found["rows"]]

    def fault(self, op: str, path: Any, **others: Any) -> Fault:
        answer = self.registry.call(f"sqlite.{op}", {"path": path, **others})
        assert answer.error is not None, answer
        return answer.error


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A workspace with `data/a.db` to read and `made` to write."""
    root = tmp_path / "work"
    (root / "data").mkdir(parents=True)
    with closing(sqlite3.connect(root / "data/a.db")) as made:
        made.executescript(
            "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, raw BLOB);"
            "INSERT INTO item VALUES (1, 'a', 1.5, x'00ff'), (2, 'ä', NULL, NULL);"
        )
    door = Door(root)
    yield door
    door.registry.close()


# -- what it does ----------------------------------------------------------------------------


def test_rows_and_parameters(door: Door) -> None:
    found = door.answer("query", "data/a.db", sql="SELECT id, raw AS r, price FROM item")
    assert found == {
        "columns": ("id", "r", "price"),
        "rows": ((1, {"base64": "AP8="}, 1.5), (2, None, None)),
    }
    by_name = "SELECT name FROM item WHERE id = :id OR id = @id OR id = $id"
    assert door.rows("data/a.db", by_name, {"id": 2}) == [["ä"]]
    assert door.rows("data/a.db", "SELECT ?2, ?1", [1, "x"]) == [["x", 1]]
    assert door.rows("./data//a.db", "SELECT count(*) FROM item") == [[2]]


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
    door: Door, given: Any, kind: str, told: Any
) -> None:
    assert door.rows("data/a.db", "SELECT typeof(?1), ?1", [given]) == [[kind, told]]


def test_big_integers_everywhere_when_asked_for(door: Door) -> None:
    found = door.answer("query", "data/a.db", sql="SELECT 1, 1.0, '1'", big=True)
    assert found["rows"] == (({"int": "1"}, 1.0, "1"),)


def test_writing(door: Door) -> None:
    assert door.answer("open", "made/x/new.db") == {"writable": True, "made": True}
    assert door.answer("open", "made/x/new.db") == {"writable": True, "made": False}
    script = "CREATE TABLE t(a, b); INSERT INTO t VALUES ('x;''y', 1); -- done"
    assert door.answer("exec", "made/x/new.db", sql=script)["last"] == 1
    run = door.answer("exec", "made/x/new.db", sql="INSERT INTO t VALUES (?, ?)", params=[1, 2])
    assert run == {"changes": 1, "last": 2}
    run = door.answer("exec", "made/x/new.db", sql="UPDATE t SET b = 5 RETURNING rowid, b")
    assert (run["changes"], run["columns"], run["rows"]) == (2, ["rowid", "b"], ((1, 5), (2, 5)))
    with closing(sqlite3.connect(door.root / "made/x/new.db")) as real:
        assert real.execute("SELECT a, b FROM t").fetchall() == [("x;'y", 5), (1, 5)]


def test_a_transaction_is_all_or_nothing(door: Door) -> None:
    door.answer("open", "made/t.db")
    door.answer("exec", "made/t.db", sql="CREATE TABLE t(a UNIQUE)")
    insert = "INSERT INTO t VALUES (?)"
    good = [{"sql": insert, "params": [1]}, {"sql": insert, "params": [2]}]
    runs = door.answer("transaction", "made/t.db", statements=good)
    assert [run["last"] for run in runs] == [1, 2]
    bad = [{"sql": insert, "params": [3]}, {"sql": insert, "params": [1]}]
    fault = door.fault("transaction", "made/t.db", statements=bad)
    assert fault.code == "SQLITE_CONSTRAINT_UNIQUE"
    rolled = [{"sql": "INSERT OR ROLLBACK INTO t VALUES (1)"}]
    assert door.fault("transaction", "made/t.db", statements=rolled).code is not None
    assert door.rows("made/t.db", "SELECT a FROM t") == [[1], [2]]
    script = "INSERT INTO t VALUES (7); INSERT INTO t VALUES (1)"
    assert door.fault("exec", "made/t.db", sql=script).code == "SQLITE_CONSTRAINT_UNIQUE"
    assert door.rows("made/t.db", "SELECT count(*) FROM t") == [[2]]


def test_other_programs_see_and_make_changes(door: Door) -> None:
    door.answer("open", "made/shared.db")
    door.answer("exec", "made/shared.db", sql="CREATE TABLE t(a)")
    with closing(sqlite3.connect(door.root / "made/shared.db", isolation_level=None)) as other:
        other.execute("INSERT INTO t VALUES (1)")
        assert door.rows("made/shared.db", "SELECT a FROM t") == [[1]]
        other.execute("BEGIN IMMEDIATE")
        fault = door.fault("exec", "made/shared.db", sql="INSERT INTO t VALUES (2)")
        assert fault.code == "SQLITE_BUSY"
        other.execute("COMMIT")
        door.answer("exec", "made/shared.db", sql="INSERT INTO t VALUES (2)")
        assert other.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_database_with_a_write_ahead_log_can_be_read(door: Door) -> None:
    path = door.root / "data/wal.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE t(a)")
        writer.execute("INSERT INTO t VALUES (1)")
        assert door.rows("data/wal.db", "SELECT a FROM t") == [[1]]
        writer.execute("INSERT INTO t VALUES (2)")
        assert door.rows("data/wal.db", "SELECT count(*) FROM t") == [[2]]
        door.registry.close()
    # As it is committed: without the log, in a folder where nothing may be made.
    assert not path.with_name("wal.db-wal").exists()
    assert door.rows("data/wal.db", "SELECT count(*) FROM t") == [[2]]
    assert sorted(os.listdir(door.root / "data")) == ["a.db", "wal.db"]


def test_a_replaced_file_is_opened_anew(door: Door) -> None:
    assert door.rows("data/a.db", "SELECT count(*) FROM item") == [[2]]
    with closing(sqlite3.connect(door.root / "data/b.db")) as made:
        made.execute("CREATE TABLE item(id)")
    os.replace(door.root / "data/b.db", door.root / "data/a.db")
    assert door.rows("data/a.db", "SELECT count(*) FROM item") == [[0]]


def test_many_databases(door: Door) -> None:
    for number in range(MOST_OPEN + 3):
        door.answer("open", f"made/{number}.db")
    door.answer("exec", "made/0.db", sql="CREATE TABLE t(a)")
    assert door.rows("made/0.db", "SELECT count(*) FROM t") == [[0]]


def test_full_text_and_json_are_there(door: Door) -> None:
    door.answer("open", "made/f.db")
    script = "CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('one two')"
    door.answer("exec", "made/f.db", sql=script)
    assert door.rows("made/f.db", "SELECT a FROM f WHERE f MATCH 'two'") == [["one two"]]
    assert door.rows("made/f.db", "SELECT value FROM json_each('[1,2]')") == [[1], [2]]


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
def test_a_denial_names_the_missing_grant(door: Door, op: str, path: str, lacks: str) -> None:
    fault = door.fault(op, path, sql="SELECT 1", statements=[])
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
def test_bad_paths(door: Door, path: Any, code: str | None) -> None:
    assert door.fault("query", path, sql="SELECT 1").code == code


def test_what_is_no_database(door: Door) -> None:
    (door.root / "data/text.db").write_text("this is no database at all, " * 50)
    (door.root / "data/folder.db").mkdir()
    os.mkfifo(door.root / "data/pipe.db")
    assert door.fault("open", "data/text.db").code == "SQLITE_NOTADB"
    assert door.fault("open", "data/folder.db").code == "EISDIR"
    assert door.fault("open", "data/pipe.db").code == "EINVAL"


@pytest.mark.parametrize(
    "name", [":memory:", "a?mode=rwc.db", "a%00.db", "a#b.db", "file:x.db", "é"]
)
def test_odd_names_are_names(door: Door, name: str) -> None:
    door.answer("open", f"made/{name}")
    door.answer("exec", f"made/{name}", sql="CREATE TABLE t(a)")
    assert name in os.listdir(door.root / "made")
    assert door.rows(f"made/{name}", "SELECT count(*) FROM t") == [[0]]


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
def test_hostile_requests_are_type_errors(door: Door, others: dict[str, Any]) -> None:
    assert door.fault("query", "data/a.db", **others).name == "TypeError"


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
def test_what_sql_is_told(door: Door, sql: str, params: Any, words: str) -> None:
    fault = door.fault("query", "data/a.db", sql=sql, params=params)
    assert f": {words}: data/a.db" in fault.message


# -- SQL that wants out ----------------------------------------------------------------------

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


@pytest.mark.parametrize("sql", ESCAPES)
@pytest.mark.parametrize("op", ["query", "exec"])
def test_sql_stays_in_its_database(door: Door, op: str, sql: str) -> None:
    door.answer("open", "made/a.db")
    before = sorted(os.listdir(door.root / "made"))
    assert door.fault(op, "made/a.db", sql=sql).code is not None
    assert sorted(os.listdir(door.root / "made")) == before


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO item(name) VALUES ('x')",
        "INSERT INTO item(name) VALUES ('x') RETURNING id",
        "WITH x AS (SELECT 1) DELETE FROM item",
        "CREATE TABLE t(a)",
        "DROP TABLE item",
        "PRAGMA user_version = 5",
        "ANALYZE",
    ],
)
@pytest.mark.parametrize("path", ["data/a.db", "made/a.db"])
def test_a_query_only_reads(door: Door, path: str, sql: str) -> None:
    if path.startswith("made"):
        door.answer("open", path)
        door.answer("exec", path, sql="CREATE TABLE item(id INTEGER PRIMARY KEY, name)")
    before = (door.root / path).read_bytes()
    assert door.fault("query", path, sql=sql).code == "EACCES"
    assert (door.root / path).read_bytes() == before


def test_versions_of_a_schema_can_be_kept(door: Door) -> None:
    door.answer("open", "made/v.db")
    door.answer("exec", "made/v.db", sql="PRAGMA user_version = 7")
    assert door.rows("made/v.db", "PRAGMA user_version") == [[7]]
    assert door.rows("data/a.db", "PRAGMA table_info(item)")[0][1] == "id"


def test_a_view_or_trigger_of_the_file_gets_no_further(door: Door) -> None:
    with closing(sqlite3.connect(door.root / "data/evil.db")) as made:
        made.executescript(
            "CREATE VIEW item AS SELECT load_extension('x') AS a, readfile('y') AS b"
        )
    assert door.fault("query", "data/evil.db", sql="SELECT * FROM item").code is not None


# -- links and other files -------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A database out of the workspace."""
    path = tmp_path / "outside.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("CREATE TABLE item(id); INSERT INTO item VALUES ('secret')")
    return path


@pytest.mark.parametrize("name", ["data/link.db", "made/link.db"])
def test_a_link_is_not_followed(door: Door, outside: Path, name: str) -> None:
    (door.root / "made").mkdir()
    (door.root / name).symlink_to(outside)
    assert door.fault("query", name, sql="SELECT * FROM item").code == "ELOOP"
    assert door.fault("open", name).code in ("ELOOP", "ENOENT")


def test_a_linked_folder_is_not_followed(door: Door, outside: Path) -> None:
    (door.root / "made").symlink_to(outside.parent)
    assert door.fault("query", "made/outside.db", sql="SELECT * FROM item").code == "ELOOP"


def test_a_swap_while_it_is_opened_never_gives_the_other_file(door: Door, outside: Path) -> None:
    data, aside = door.root / "data", door.root / "aside"
    stop = threading.Event()

    def swap() -> None:
        inside = data / "s.db"
        while not stop.is_set():
            inside.unlink(missing_ok=True)
            inside.symlink_to(outside)
            inside.unlink()
            os.link(data / "a.db", inside)
            os.rename(data, aside)
            data.symlink_to(outside.parent)
            data.unlink()
            os.rename(aside, data)

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(40):
            answer = door.registry.call(
                "sqlite.query", {"path": "data/s.db", "sql": "SELECT id FROM item LIMIT 1"}
            )
            seen.add(str(answer.result and answer.result["rows"]))
            door.registry.close()
    finally:
        stop.set()
        thread.join()
    assert "secret" not in str(seen)


@pytest.mark.parametrize("end", ["-journal", "-wal"])
def test_links_beside_a_database_are_not_followed(door: Door, tmp_path: Path, end: str) -> None:
    door.answer("open", "made/a.db")
    door.answer("exec", "made/a.db", sql="CREATE TABLE t(a)")
    door.registry.close()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (door.root / f"made/a.db{end}").symlink_to(victim)
    door.registry.call("sqlite.exec", {"path": "made/a.db", "sql": "INSERT INTO t VALUES (1)"})
    assert victim.read_text() == "precious"


def test_a_journal_that_names_another_file_is_refused(door: Door, tmp_path: Path) -> None:
    door.answer("open", "made/a.db")
    door.registry.close()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    name = os.fsencode(victim)
    # The end of a journal of several databases: name, length, sum, magic.
    end = name + len(name).to_bytes(4, "big") + (sum(name) & 0xFFFFFFFF).to_bytes(4, "big")
    magic = bytes.fromhex("d9d505f920a163d7")
    head = magic + b"\0" * 20
    (door.root / "made/a.db-journal").write_bytes(head.ljust(512, b"\0") + end + magic)
    assert door.fault("query", "made/a.db", sql="SELECT 1").code == "EACCES"
    assert victim.exists()


# -- limits ----------------------------------------------------------------------------------

COUNT = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"


@pytest.mark.parametrize(
    "sql",
    [
        f"{COUNT} SELECT count(*) FROM c",
        # Natives that no handler interrupts.
        "SELECT instr(replace(hex(zeroblob(1000000)), '0', 'a'),"
        " replace(hex(zeroblob(500000)), '0', 'a') || 'b')",
    ],
)
def test_time_is_limited(door: Door, sql: str) -> None:
    short = Door(door.root, wall_ms=300)
    started = time.monotonic()
    fault = short.fault("query", "data/a.db", sql=sql)
    assert fault.code == "ETIMEDOUT"
    assert time.monotonic() - started < 1.5
    short.registry.close()


def test_a_query_that_is_stopped_ends_soon_and_another_can_follow(door: Door) -> None:
    timer = threading.Timer(0.2, door.registry.stop)
    timer.start()
    started = time.monotonic()
    fault = door.fault("query", "data/a.db", sql=f"{COUNT} SELECT count(*) FROM c")
    assert fault.code == "ETIMEDOUT"
    assert time.monotonic() - started < 1
    timer.join()


@pytest.mark.parametrize(
    ("sql", "codes"),
    [
        (f"{COUNT} SELECT x FROM c", {"EFBIG"}),
        (f"{COUNT} SELECT zeroblob(100000) FROM c", {"EFBIG"}),
        ("SELECT zeroblob(1000000000)", {"SQLITE_TOOBIG"}),
        ("SELECT hex(zeroblob(3000000))", {"SQLITE_TOOBIG"}),
        ("SELECT printf('%.*c', 1000000000, 'x')", {"SQLITE_TOOBIG", "ETIMEDOUT"}),
        (f"{COUNT} SELECT group_concat(hex(zeroblob(1000000))) FROM c",
         {"SQLITE_TOOBIG", "ETIMEDOUT"}),
        (f"{COUNT} SELECT count(*) OVER (ORDER BY randomblob(1000000)) FROM c LIMIT 500",
         {"SQLITE_NOMEM", "ETIMEDOUT", "ENOMEM"}),
        ("SELECT " + "(" * 2000 + "1" + ")" * 2000, {"SQLITE_ERROR"}),
        ("SELECT " + "+".join(["1"] * 5000), {"SQLITE_ERROR"}),
    ],
)  # fmt: skip
def test_results_and_values_are_limited(door: Door, sql: str, codes: set[str]) -> None:
    short = Door(door.root, wall_ms=1500)
    assert short.fault("query", "data/a.db", sql=sql).code in codes
    short.registry.close()


def test_a_statement_is_limited(door: Door) -> None:
    sql = "SELECT 1 --" + "x" * MOST_SQL
    assert door.fault("query", "data/a.db", sql=sql).code == "limit"


def test_a_process_that_dies_is_told_and_replaced(door: Door) -> None:
    import signal

    assert door.rows("data/a.db", "SELECT 1") == [[1]]
    databases = door.registry._capabilities["sqlite"]
    (process,) = databases._open.values()  # type: ignore[attr-defined]
    os.kill(process._process.pid, signal.SIGKILL)
    process._process.wait()
    assert door.rows("data/a.db", "SELECT 1") == [[1]]


def test_closing_ends_every_process(door: Door) -> None:
    door.rows("data/a.db", "SELECT 1")
    databases = door.registry._capabilities["sqlite"]
    (process,) = databases._open.values()  # type: ignore[attr-defined]
    door.registry.close()
    assert process._process.poll() is not None


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", [""]),
        (" \n", [" \n"]),
        ("SELECT 1", ["SELECT 1"]),
        ("a; b;\n", ["a;", " b;"]),
        ("SELECT ';'; x", ["SELECT ';';", " x"]),
        ("/* ; */ a; -- ;\nb", ["/* ; */ a;", " -- ;\nb"]),
        ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END; y",
         ["CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END;", " y"]),
    ],
)  # fmt: skip
def test_statements_are_told_apart(text: str, statements: list[str]) -> None:
    assert database_child.split(text) == statements
