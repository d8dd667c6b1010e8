"""`vmgit:sqlite` from JavaScript: real files in real sessions, and replays that open none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hosted import Hosted, console

from vmgit.sessions import LiveSession

USE = "import { open } from 'vmgit:sqlite'; const db = open('made/a.db');"


def trusted(hosted: Hosted, grants: str) -> LiveSession:
    """Return a session of a profile with these grants."""
    hosted.folder.profile(grants)
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    return hosted.new()


@pytest.fixture
def live(hosted: Hosted) -> LiveSession:
    """A session that reads `data/*.db` and writes what is in `made`, with one open there."""
    (hosted.folder.root / "data").mkdir()
    with closing(sqlite3.connect(hosted.folder.root / "data/a.db")) as made:
        made.executescript("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'x'), (2, NULL)")
    live = trusted(hosted, '[capabilities.sqlite]\nread = ["data/*.db"]\nwrite = ["made/*.db"]\n')
    assert hosted.run(live, USE).status == "ok"
    hosted.value(live, "db.exec('CREATE TABLE t(a, b)').changes")
    return live


def error(hosted: Hosted, live: LiveSession, text: str) -> Any:
    """Run a text that must fail, and return the error."""
    execution = hosted.run(live, text)
    assert execution.finished is not None
    assert execution.finished.error is not None, execution
    return execution.finished.error


def test_a_list_grants_reading(hosted: Hosted) -> None:
    (hosted.folder.root / "data").mkdir()
    with closing(sqlite3.connect(hosted.folder.root / "data/a.db")) as made:
        made.executescript("CREATE TABLE t(a)")
    live = trusted(hosted, '[capabilities]\nsqlite = ["data/*.db"]\n')
    open_it = "const db = require('vmgit:sqlite').open('data/a.db');"
    assert hosted.value(live, open_it + "db.query('SELECT * FROM t').length") == "0"
    denied = error(hosted, live, "db.exec('DELETE FROM t')")
    assert (denied.name, denied.code) == ("CapabilityError", "denied")
    assert denied.message.endswith('[capabilities] sqlite.write = ["data/a.db"]')
    assert "capability.denied" in hosted.types(live)


def test_rows_are_objects(hosted: Hosted, live: LiveSession) -> None:
    text = "open('data/a.db').query('SELECT * FROM t ORDER BY a DESC')"
    assert hosted.value(live, text) == "[ { a: 2, b: null }, { a: 1, b: 'x' } ]"
    odd = "const [row] = db.query('SELECT 1 AS \"__proto__\", 2 AS constructor, 3 AS a, 4 AS a');"
    assert (
        hosted.value(live, odd + "Object.entries(row).join()") == "'__proto__,1,constructor,2,a,4'"
    )


VALUES = {
    "1": ("integer", "1"),
    "-0": ("integer", "0"),
    "1.5": ("real", "1.5"),
    "2 ** 53": ("real", "9007199254740992"),
    "1e300": ("real", "1e+300"),
    "-Infinity": ("real", "-Infinity"),
    "NaN": ("null", "null"),
    "null": ("null", "null"),
    "5n": ("integer", "5"),
    "'ä\\0b'": ("text", "'ä\\x00b'"),
    "new Uint8Array([0, 255])": ("blob", "Uint8Array(2) [ 0, 255 ]"),
    "new Uint8Array([1, 2]).buffer": ("blob", "Uint8Array(2) [ 1, 2 ]"),
}


def test_values(hosted: Hosted, live: LiveSession) -> None:
    texts = [f"db.query('SELECT typeof(?1) AS k, ?1 AS v', [{given}])[0]" for given in VALUES]
    printed = console(hosted.run(live, "".join(f"console.log({text});" for text in texts)))
    assert printed == [f"{{ k: '{kind}', v: {told} }}" for kind, told in VALUES.values()]


WRONG = [
    *(f"db.query('SELECT ?', [{given}])" for given in (
        *("undefined", "true", "{}", "[1]", "Symbol()", "() => 1", "new Date(0)", "2n ** 63n"),
    )),
    *("open()", "open(1)", "db.query()", "db.exec(1)", "db.query('SELECT 1', 'x')"),
    *("db.query('SELECT 1', null)", "db.transaction()", "db.transaction([1])"),
    "db.query('SELECT \\ud800')",
]  # fmt: skip


def test_wrong_uses_are_type_errors(hosted: Hosted, live: LiveSession) -> None:
    tries = (
        f"try {{ {text}; console.log(1) }} catch (e) {{ console.log(e.name) }}" for text in WRONG
    )
    assert console(hosted.run(live, "".join(tries))) == ["TypeError"] * len(WRONG)


def test_integers_that_no_number_can_hold(hosted: Hosted, live: LiveSession) -> None:
    query = "db.query('SELECT 9007199254740993 AS n')"
    failed = error(hosted, live, query)
    assert failed.name == "RangeError"
    assert "9007199254740993 is too large for a number" in failed.message
    big = "const big = open('made/a.db', { readBigInts: true });"
    assert hosted.value(live, big + "big.query('SELECT 9007199254740993 AS n, 1 AS m')") == (
        "[ { n: 9007199254740993n, m: 1n } ]"
    )
    run = "big.exec('INSERT INTO t(a) VALUES (?)', [-(2n ** 63n)])"
    assert hosted.value(live, run) == "{ changes: 1n, lastInsertRowid: 1n }"


def test_named_parameters_and_runs(hosted: Hosted, live: LiveSession) -> None:
    run = "db.exec('INSERT INTO t VALUES ($a, :b)', { $a: 1, b: 'two' })"
    assert hosted.value(live, run) == "{ changes: 1, lastInsertRowid: 1 }"
    returning = "db.exec('UPDATE t SET b = ? RETURNING *', ['three'])"
    assert hosted.value(live, returning) == (
        # Of the last INSERT of this execution, which has none.
        "{ changes: 1, lastInsertRowid: 0, rows: [ { a: 1, b: 'three' } ] }"
    )
    several = "db.transaction([['INSERT INTO t VALUES (?, ?)', [3, 4]], 'DELETE FROM t']).length"
    assert hosted.value(live, several) == "2"
    failed = error(hosted, live, "db.transaction(['INSERT INTO t VALUES (1, 1)', 'nonsense'])")
    assert failed.code == "SQLITE_ERROR"
    assert hosted.value(live, "db.query('SELECT * FROM t').length") == "0"


def test_a_closed_database(hosted: Hosted, live: LiveSession) -> None:
    failed = error(hosted, live, "db.close(); db.close(); db.query('SELECT 1')")
    assert failed.message == "sqlite.query: the database made/a.db is closed"


def test_a_replay_opens_nothing(hosted: Hosted, live: LiveSession) -> None:
    root = hosted.folder.root
    hosted.run(live, "db.exec('INSERT INTO t VALUES (?, ?)', [1, new Uint8Array([7])])")
    hosted.run(
        live, "console.log(db.query('SELECT * FROM t'), open('data/a.db').query('SELECT 1'))"
    )
    hosted.run(live, "try { db.query('nonsense') } catch (e) { console.log(e.message) }")
    before = (root / "made/a.db").read_bytes()
    (root / "made/a.db").write_bytes(b"changed")
    (root / "data/a.db").unlink()
    hosted.workspace.trust.revoke("default")
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None
    assert (root / "made/a.db").read_bytes() == b"changed" != before


def test_the_wall_limit_stops_a_query(hosted: Hosted) -> None:
    import time

    grants = '[capabilities]\nsqlite = { write = ["a.db"] }\n[limits]\nwall_ms = 1000\n'
    live = trusted(hosted, grants)
    loop = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    started = time.monotonic()
    execution = hosted.run(live, f"require('vmgit:sqlite').open('a.db').query('{loop}')")
    assert execution.status == "limit"
    assert time.monotonic() - started < 1 + 1.2 + 0.5
    assert hosted.value(live, "40 + 2") == "42"


def test_values_that_look_like_ours_stay_what_they_are(hosted: Hosted, live: LiveSession) -> None:
    big = "Object.prototype.base64 = 'AAE='; open('made/a.db', { readBigInts: true })"
    assert hosted.value(live, f"{big}.query('SELECT 1 AS a')[0].a") == "1n"
