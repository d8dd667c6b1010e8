"""The file that is opened is the one that was granted, and whatever runs there ends in time."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from vmgit.host.sqlite import MOST_SQL

from .databases import Door


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A database out of the workspace."""
    path = tmp_path / "outside.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("CREATE TABLE item(id); INSERT INTO item VALUES ('secret')")
    return path


@pytest.mark.parametrize("name", ["data/link.db", "made/link.db"])
def test_a_link_is_not_followed(stored: Door, outside: Path, name: str) -> None:
    (stored.root / "made").mkdir()
    (stored.root / name).symlink_to(outside)
    assert stored.fault("query", name, sql="SELECT * FROM item").code == "ELOOP"
    assert stored.fault("open", name).code in ("ELOOP", "ENOENT")


def test_a_linked_folder_is_not_followed(stored: Door, outside: Path) -> None:
    (stored.root / "made").symlink_to(outside.parent)
    assert stored.fault("query", "made/outside.db", sql="SELECT * FROM item").code == "ELOOP"


def test_a_swap_while_it_is_opened_never_gives_the_other_file(stored: Door, outside: Path) -> None:
    data, aside = stored.root / "data", stored.root / "aside"
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
            answer = stored.registry.call(
                "sqlite.query", {"path": "data/s.db", "sql": "SELECT id FROM item LIMIT 1"}
            )
            seen.add(str(answer.result and answer.result["rows"]))
            stored.registry.close()
    finally:
        stop.set()
        thread.join()
    assert "secret" not in str(seen)


@pytest.mark.parametrize("end", ["-journal", "-wal"])
def test_links_beside_a_database_are_not_followed(stored: Door, tmp_path: Path, end: str) -> None:
    stored.answer("open", "made/a.db")
    stored.answer("exec", "made/a.db", sql="CREATE TABLE t(a)")
    stored.registry.close()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (stored.root / f"made/a.db{end}").symlink_to(victim)
    stored.registry.call("sqlite.exec", {"path": "made/a.db", "sql": "INSERT INTO t VALUES (1)"})
    assert victim.read_text() == "precious"


def test_a_journal_that_names_another_file_is_refused(stored: Door, tmp_path: Path) -> None:
    stored.answer("open", "made/a.db")
    stored.registry.close()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    name = os.fsencode(victim)
    # The end of a journal of several databases: name, length, sum, magic.
    end = name + len(name).to_bytes(4, "big") + (sum(name) & 0xFFFFFFFF).to_bytes(4, "big")
    magic = bytes.fromhex("d9d505f920a163d7")
    head = magic + b"\0" * 20
    (stored.root / "made/a.db-journal").write_bytes(head.ljust(512, b"\0") + end + magic)
    assert stored.fault("query", "made/a.db", sql="SELECT 1").code == "EACCES"
    assert victim.exists()


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
def test_time_is_limited(stored: Door, sql: str) -> None:
    short = Door(stored.root, wall_ms=300)
    started = time.monotonic()
    fault = short.fault("query", "data/a.db", sql=sql)
    assert fault.code == "ETIMEDOUT"
    assert time.monotonic() - started < 1.5
    short.registry.close()


def test_a_query_that_is_stopped_ends_soon_and_another_can_follow(stored: Door) -> None:
    timer = threading.Timer(0.2, stored.registry.stop)
    timer.start()
    started = time.monotonic()
    fault = stored.fault("query", "data/a.db", sql=f"{COUNT} SELECT count(*) FROM c")
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
def test_results_and_values_are_limited(stored: Door, sql: str, codes: set[str]) -> None:
    short = Door(stored.root, wall_ms=1500)
    assert short.fault("query", "data/a.db", sql=sql).code in codes
    short.registry.close()


def test_a_statement_is_limited(stored: Door) -> None:
    sql = "SELECT 1 --" + "x" * MOST_SQL
    assert stored.fault("query", "data/a.db", sql=sql).code == "limit"


def test_a_process_that_dies_is_told_and_replaced(stored: Door) -> None:

    assert stored.rows("data/a.db", "SELECT 1") == [[1]]
    databases = stored.registry._capabilities["sqlite"]
    (process,) = databases._open.values()  # type: ignore[attr-defined]
    os.kill(process._process.pid, signal.SIGKILL)
    process._process.wait()
    assert stored.rows("data/a.db", "SELECT 1") == [[1]]


def test_closing_ends_every_process(stored: Door) -> None:
    stored.rows("data/a.db", "SELECT 1")
    databases = stored.registry._capabilities["sqlite"]
    (process,) = databases._open.values()  # type: ignore[attr-defined]
    stored.registry.close()
    assert process._process.poll() is not None


@pytest.mark.parametrize(
    "answer",
    [
        b"no JSON",
        b'{"error": ["denied", "kv = true"]}',
        b'{"error": ["SQLITE_ERROR"]}',
        b'{"result": {"columns": ["a"], "rows": [[[1]]]}}',
        b'{"result": {"columns": ["a"], "rows": [[true]]}}',
        b'{"result": {}, "more": 1}',
        b'{"result": {"columns": ["\xff"]}}',
        b"[" * 100_000,
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(stored: Door, answer: bytes) -> None:
    stored.rows("data/a.db", "SELECT 1")
    databases = stored.registry._capabilities["sqlite"]
    (process,) = databases._open.values()  # type: ignore[attr-defined]
    ours, theirs = os.pipe()
    os.write(theirs, len(answer).to_bytes(4, "big") + answer[:60_000])
    os.close(theirs)
    os.set_blocking(ours, False)
    process._answers = ours
    fault = stored.fault("query", "data/a.db", sql="SELECT 1")
    assert (fault.name, fault.code) == ("Error", "EIO")
    os.close(ours)
    assert stored.rows("data/a.db", "SELECT 1") == [[1]]
