"""`vmgit journal rebuild`."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from workspaces import Folder


def test_the_lists_are_computed_again_from_the_events(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "a")
    folder.fine("run", "-s", "a", "-e", "1")
    lists = (["session", "list", "--all", "--json"], ["exec", "list", "--all", "--json"])
    before = [folder.fine(*words).json for words in lists]
    with closing(sqlite3.connect(folder.log_path, isolation_level=None)) as connection:
        connection.execute("UPDATE session SET state = 'closed'")
        connection.execute("DELETE FROM execution")
    assert [folder.fine(*words).json for words in lists] != before
    events = folder.fine("journal", "verify", "--json").json["events"]
    assert folder.fine("journal", "rebuild").out == f"rebuilt from {events} events\n"
    assert [folder.fine(*words).json for words in lists] == before
    assert folder.fine("journal", "rebuild", "--json").json == {"events": events}
