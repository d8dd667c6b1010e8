"""`vmgit session show`."""

from __future__ import annotations

from workspaces import Folder


def test_where_it_came_from_and_what_it_did(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    folder.fine("run", "-s", "s", "-e", "6 * 7")
    shown = folder.fine("session", "show", "s").out
    facts = dict(line.split(":", 1) for line in shown.split("\n\n")[0].splitlines())
    assert facts["name"].strip() == "s"
    assert facts["status"].strip() == "active"
    assert facts["commit"].strip() == folder.git("rev-parse", "HEAD")
    assert facts["startup"].strip() == "startup/00-base.js, startup/10-rules.js"
    assert facts["executions"].strip() == "3"
    table = shown.split("\n\n")[1].splitlines()
    assert table[0].split() == ["EXECUTION", "KIND", "STATUS", "GEN", "TOOK", "CODE"]
    assert table[1].endswith("6 * 7")


def test_by_name_by_id_by_its_beginning_and_the_latest(folder: Folder) -> None:
    document = folder.fine("session", "new", "--name", "s", "--json").json
    for name in ("s", document["session"], document["session"][:4], "@"):
        assert folder.fine("session", "show", name, "--json").json == document


def test_a_closed_one_says_why(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    folder.fine("session", "close", "s", "--reason", "the day is over")
    shown = folder.fine("session", "show", "s").out
    assert "status:      closed\nreason:      the day is over\n" in shown
    assert folder.fine("session", "show", "s", "--json").json["reason"] == "the day is over"
