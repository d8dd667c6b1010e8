"""`vmgit session list`."""

from __future__ import annotations

from workspaces import Folder


def test_open_sessions_newest_first_and_all_of_them(folder: Folder) -> None:
    assert folder.fine("session", "list").out.startswith("SESSION  NAME  PROFILE")
    for name in ("one", "two", "three"):
        folder.fine("session", "new", "--name", name)
    folder.fine("session", "close", "two")
    folder.fine("run", "-e", "1")
    lines = folder.fine("session", "list").out.splitlines()
    assert [line.split()[1] for line in lines] == ["NAME", "three", "one"]
    assert lines[1].split()[2:6] == ["default", "active", "1", "2"]
    rows = folder.fine("session", "list", "--json").json
    assert [row["name"] for row in rows] == ["three", "one"]
    every = folder.fine("session", "list", "--all", "--json").json
    assert [(row["name"], row["status"]) for row in every] == [
        (None, "closed"),
        ("three", "active"),
        ("two", "closed"),
        ("one", "active"),
    ]
    assert len(folder.fine("session", "list", "--all").out.splitlines()) == 5
    closed = folder.fine("session", "list", "--state", "closed", "--json").json
    assert [row["name"] for row in closed] == [None, "two"]
    both = folder.fine("session", "list", "--state", "closed", "--state", "active", "--json").json
    assert both == every
    assert folder.vmgit("session", "list", "--state", "gone").status == 2
    assert folder.vmgit("session", "list", "--state", "closed", "--all").status == 2
