"""`vmgit session fork`."""

from __future__ import annotations

import pytest
from workspaces import Folder

from .conftest import log_state
from .terminal import seen


def test_it_answers_with_the_name_or_the_id_and_goes_on_alone(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "shop")
    folder.fine("run", "-s", "shop", "-e", "let n = 1; require('vmgit:kv').set('n', n)")
    assert folder.fine("session", "fork", "shop", "--name", "twin").out == "twin\n"
    assert folder.fine("run", "-s", "twin", "-e", "n += 1; [n, twice(2)]").out == "[ 2, 4 ]\n"
    assert folder.fine("run", "-s", "shop", "-e", "n").out == "1\n"
    folder.fine("session", "close", "shop")
    assert folder.fine("run", "-s", "twin", "-e", "n").out == "2\n"
    unnamed = folder.fine("session", "fork", "twin").out.strip()
    assert folder.fine("session", "show", "@", "--json").json["session"] == unnamed


def test_the_document(folder: Folder) -> None:
    parent = folder.fine("session", "new", "--name", "shop", "--json").json
    folder.fine("run", "-s", "shop", "-e", "1")
    version = len(folder.fine("log", "-s", "shop", "--json").json)
    document = folder.fine("session", "fork", "shop", "--name", "twin", "--json").json
    assert document["parent"] == {"session": parent["session"], "name": "shop", "version": version}
    assert (document["name"], document["status"], document["inherited"]) == ("twin", "active", 3)
    assert (document["executions"], document["last_execution"]) == (0, None)
    assert document["startup"] == parent["startup"]
    assert folder.fine("session", "show", "twin", "--json").json == document


@pytest.mark.embedded  # a server notes the requests too
def test_it_is_seen_everywhere(folder: Folder) -> None:
    shop = folder.fine("session", "new", "--name", "shop", "--json").json["session"]
    folder.fine("run", "-s", "shop", "-e", "'inherited'")
    twin = folder.fine("session", "fork", "shop", "--name", "twin", "--json").json["session"]
    folder.fine("run", "-s", "twin", "-e", "'own'")
    rows = {row["name"]: row for row in folder.fine("session", "list", "--json").json}
    assert (rows["twin"]["parent"], rows["twin"]["parent_version"]) == (shop, 8)
    assert (rows["shop"]["parent"], rows["twin"]["executions"]) == (None, 1)
    assert folder.fine("session", "list").out.splitlines()[1].endswith(shop)
    shown = folder.fine("session", "show", "twin").out
    assert f"parent:      shop ({shop}) at version 8\n" in shown
    assert "executions:  1, and 3 of its parent\n" in shown
    status = folder.fine("status", "--json").json["sessions"]
    assert [one["name"] for one in status] == ["twin", "shop"]
    listed = folder.fine("exec", "list", "-s", "twin", "--json").json
    assert [row["execution"] for row in listed] == [f"{twin}.4"]
    assert folder.fine("exec", "show", "twin.3", "--json").json["execution"] == f"{shop}.3"
    line = folder.fine("log", "--type", "session.forked").out
    assert f"name=twin parent={shop} version=8" in line
    before = folder.fine("session", "list", "--json").json
    folder.fine("journal", "verify")
    folder.fine("journal", "rebuild")
    assert folder.fine("session", "list", "--json").json == before
    replayed = folder.fine("replay", "twin", "--json").json
    assert [row["execution"] for row in replayed["executions"]] == [
        f"{shop}.1", f"{shop}.2", f"{shop}.3", f"{twin}.4",
    ]  # fmt: skip
    assert replayed["summary"] == {"same": 4}


def test_a_run_can_be_taken_up_as_a_session(folder: Folder) -> None:
    one = folder.fine("run", "--json", "-e", "let n = 41").json["session"]
    folder.fine("session", "fork", one, "--name", "kept")
    assert folder.fine("run", "-s", "kept", "-e", "n + 1").out == "42\n"


@pytest.mark.embedded  # a server's watch is first
def test_an_edit_after_the_fork_refreshes_it(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "shop")
    folder.fine("session", "fork", "shop", "--name", "twin")
    folder.write("lib/rates.js", "exports.rate = 5;\n")
    sessions = folder.fine("status", "--json").json["sessions"]
    assert {one["name"]: one["pending"] for one in sessions} == {
        "shop": ["lib/rates.js"],
        "twin": ["lib/rates.js"],
    }
    done = folder.fine("run", "-s", "twin", "-e", "rate")
    assert (done.out, done.err) == (
        "5\n", "note: refreshed to generation 2 (rerun): lib/rates.js.\n",
    )  # fmt: skip
    assert folder.fine("session", "show", "shop", "--json").json["generation"] == 1


@pytest.mark.parametrize("json", [False, True])
def test_what_cannot_be_forked(folder: Folder, json: bool) -> None:
    folder.fine("session", "new", "--name", "shop")
    folder.write("startup/00-base.js", "boom()")
    folder.vmgit("session", "new", "--name", "ill")
    before = log_state(folder.log_path.parent)
    for arguments, status, message in (
        (("nobody",), 2, "no session 'nobody'"),
        (("shop", "--name", "shop"), 2, "has the name 'shop' already"),
        (("shop", "--name", "a.b"), 2, "is no session name"),
        (("ill",), 1, "session ill has crashed: startup/00-base.js:1"),
        ((), 2, "Missing argument 'SESSION'"),
    ):
        done = folder.vmgit("session", "fork", *arguments, *(["--json"] if json else []))
        assert (done.status, message in done.err) == (status, True), done
        assert "Traceback" not in done.err
        if json:
            assert message in done.json["error"]["message"]
        else:
            assert done.out == ""
    assert log_state(folder.log_path.parent) == before


@pytest.mark.embedded  # a server serves one worktree
def test_a_session_of_another_worktree_is_forked_there(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "shop")
    elsewhere = folder.root.parent / "elsewhere"
    folder.git("worktree", "add", "--quiet", str(elsewhere))
    for words in (("fork", "shop"), ("undo", "shop"), ("redo", "shop")):
        done = folder.vmgit("session", *words, cwd=elsewhere)
        assert done.status == 2
        assert "follows another worktree or folder (main:.)" in done.err


def test_on_a_terminal(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "shop")
    assert seen(["session", "fork", "shop", "--name", "twin"], folder.root) == "twin\n"
    assert "FORK OF" in seen(["session", "list"], folder.root, columns=120)
