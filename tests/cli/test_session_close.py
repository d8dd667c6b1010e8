"""`vmgit session close`."""

from __future__ import annotations

from workspaces import Folder


def test_several_at_once_and_their_log_stays(folder: Folder) -> None:
    for name in ("a", "b", "c"):
        folder.fine("session", "new", "--name", name)
    assert folder.fine("session", "close", "a", "b", "a").out == "closed a\nclosed b\n"
    assert [row["name"] for row in folder.fine("session", "list", "--json").json] == ["c"]
    assert folder.fine("replay", "a", "--json").json["summary"] == {"same": 2}


def test_all_or_none(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "a")
    folder.fine("session", "new", "--name", "b")
    folder.fine("session", "close", "b")
    for other, status in (("nobody", 2), ("b", 1)):
        assert folder.vmgit("session", "close", "a", other).status == status
    assert [row["name"] for row in folder.fine("session", "list", "--json").json] == ["a"]


def test_the_document(folder: Folder, mode: str) -> None:
    one = folder.fine("session", "new", "--json").json["session"]
    done = folder.fine("session", "close", "@", "--json", "--reason", "enough")
    assert done.json == [{"session": one, "status": "closed"}]
    (event,) = folder.fine("log", "--type", "session.closed", "--json").json
    assert event["payload"]["reason"] == "enough"
    assert event["actor"] == ("serve" if mode == "server" else "session close")
