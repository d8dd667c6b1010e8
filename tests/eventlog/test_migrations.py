"""Migrations: in order, each whole or not at all, safe when several processes begin at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.eventlog import migrations
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify
from vmgit.eventlog.views import Views
from vmgit.events.session import Undone

from .making import created, note, put, raw, ready, record, run


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A schema folder of the test's own."""
    monkeypatch.setattr(migrations, "data_path", lambda name: tmp_path)
    return tmp_path


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    return [name for (name,) in connection.execute(query)]


def test_the_shipped_migrations_make_the_documented_tables(connection: sqlite3.Connection) -> None:
    migrations.migrate(connection)
    assert _tables(connection) == ["event", "execution", "session", "sqlite_sequence"]
    assert migrations.schema_version(connection) == migrations.newest_version() == 3
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    assert application == migrations.APPLICATION_ID


def test_migrating_again_changes_nothing(connection: sqlite3.Connection) -> None:
    migrations.migrate(connection)
    changes = connection.total_changes
    migrations.migrate(connection)
    assert connection.total_changes == changes


def test_only_the_missing_ones_run(connection: sqlite3.Connection, folder: Path) -> None:
    (folder / "0001_first.sql").write_text("CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n")
    migrations.migrate(connection)
    (folder / "0002_second.sql").write_text("-- a comment; with a semicolon\nCREATE TABLE b (x);")
    (folder / "profile.schema.json").write_text("{}")
    migrations.migrate(connection)
    assert _tables(connection) == ["a", "b"]
    assert connection.execute("SELECT count(*) FROM a").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_version_before(
    connection: sqlite3.Connection, folder: Path
) -> None:
    (folder / "0001_first.sql").write_text("CREATE TABLE a (x);")
    (folder / "0002_second.sql").write_text("CREATE TABLE b (x);\nCREATE TABLE a (x);")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrations.migrate(connection)
    assert _tables(connection) == ["a"]
    assert migrations.schema_version(connection) == 1
    assert not connection.in_transaction


@pytest.mark.parametrize("names", [[], ["0002_b.sql"], ["0001_a.sql", "0003_c.sql"]])
def test_numbers_must_be_dense(folder: Path, names: list[str]) -> None:
    for name in names:
        (folder / name).touch()
    with pytest.raises(RuntimeError, match="not numbered"):
        migrations.migrations()


def test_statements_keep_triggers_whole() -> None:
    script = (
        "CREATE TABLE a (x); -- one; two\n\n"
        "CREATE TRIGGER t BEFORE INSERT ON a\nBEGIN\n  SELECT ';';\n  SELECT 2;\nEND;\n"
    )
    found = list(migrations.statements(script))
    assert len(found) == 2
    assert found[1].strip().startswith("CREATE TRIGGER")
    assert found[1].strip().endswith("END;")


def test_a_script_that_ends_inside_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="ends inside a statement"):
        list(migrations.statements("CREATE TABLE a (x);\nCREATE TABLE b ("))


def test_an_older_log_gets_the_projections_of_its_events(path: Path) -> None:
    with EventLog.open(path) as log:
        record(log, "s", created("shop"), ready())
        run(log, "s", [1, 2])
    with raw(path) as connection:
        connection.execute("DROP TABLE session")
        connection.execute("DROP TABLE execution")
        connection.execute("PRAGMA user_version = 1")
    with EventLog.open(path) as log:
        assert Views(log.database).find_session("shop").executions == 2
        assert log.health().schema_version == 3
        put(log, "s", note())
        assert verify(log).rows == 7


def test_a_log_from_before_forks_and_undos(path: Path) -> None:
    """Opened by this version, it has what it had, and can take what is new."""
    with EventLog.open(path) as log:
        record(log, "s", created("shop"), ready())
        run(log, "s", [1, 2])
    with raw(path) as connection:
        for column in ("parent", "parent_version"):
            connection.execute(f"ALTER TABLE session DROP COLUMN {column}")
        connection.execute("ALTER TABLE execution DROP COLUMN undone")
        connection.execute("PRAGMA user_version = 2")
    with EventLog.open(path) as log:
        row = Views(log.database).find_session("shop")
        assert (row.executions, row.parent, row.parent_version) == (2, None, None)
        record(log, "s", Undone((2,), back_to=1))
        undone = [one.undone for one in Views(log.database).executions("s")]
        assert undone == [True, False]
        assert verify(log).ok


def test_an_upgrade_that_cannot_finish_is_not_begun(
    connection: sqlite3.Connection, folder: Path
) -> None:
    (folder / "0001_first.sql").write_text("CREATE TABLE a (x);")
    (folder / "0002_second.sql").write_text("CREATE TABLE b (x);")

    def fail(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrations.migrate(connection, fail)
    assert (_tables(connection), migrations.schema_version(connection)) == (["a"], 1)


_OPEN = """
import sys
from pathlib import Path
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

sys.stdin.readline()
with EventLog.open(Path(sys.argv[1]), timeout_s=60) as log:
    log.append("s", [NewEvent("console", 1, "{}")], durable=False, actor="a", worktree="w")
"""


def test_processes_that_make_the_log_at_the_same_time(path: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(6)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        with process:
            process.communicate()
        assert process.returncode == 0
    with EventLog.open(path) as log:
        assert log.version("s") == 6
        assert verify(log).ok
