"""`vmgit journal verify`."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from workspaces import Folder


def test_a_log_that_is_as_it_was_written(shared: Folder) -> None:
    shared.fine("run", "-e", "1")
    events = shared.fine("log", "--json", "-n", "1").json[0]
    done = shared.fine("journal", "verify")
    assert done.out == f"{events['seq']} events, chain intact, head {events['hash']}\n"
    assert shared.fine("journal", "verify", "--json").json == {
        "ok": True,
        "events": events["seq"],
        "head": events["hash"],
        "first_broken": None,
        "reason": None,
    }


def test_the_first_event_that_was_changed_is_named(folder: Folder) -> None:
    folder.fine("run", "-e", "1")
    with closing(sqlite3.connect(folder.log_path, isolation_level=None)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE event SET payload = '{}' WHERE seq = 3")
        for _, sql in triggers:
            connection.execute(sql)
    done = folder.vmgit("journal", "verify")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: event 3 is not as it was written: ")
    assert done.err.endswith("; the 2 events before are.\n")
    document = folder.vmgit("journal", "verify", "--json")
    assert document.status == 1
    assert (document.json["ok"], document.json["first_broken"]) == (False, 3)
