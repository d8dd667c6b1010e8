"""`vmgit session undo` and `redo`."""

from __future__ import annotations

import pytest
from workspaces import Folder

from .conftest import log_state
from .terminal import seen


@pytest.fixture
def shop(folder: Folder) -> str:
    """The id of a session `shop` with executions 3, 4 and 5 that count `n` up to 3."""
    session: str = folder.fine("session", "new", "--name", "shop", "--json").json["session"]
    for text in ("let n = 1", "n = 2; require('vmgit:kv').set('n', n)", "n = 3; throw n"):
        folder.vmgit("run", "-s", "shop", "-e", text)
    return session


def test_back_and_forth(folder: Folder, shop: str) -> None:
    done = folder.fine("session", "undo", "shop")
    assert (done.out, done.err) == (f"undone {shop}.5: the session is as {shop}.4 left it\n", "")
    assert folder.fine("session", "undo", "shop", "2").out == (
        f"undone {shop}.3, {shop}.4: the session is as generation 1 began\n"
    )
    assert folder.fine("session", "redo", "shop").out == f"redone {shop}.3, {shop}.4\n"
    assert folder.fine("session", "redo", "shop").out == f"redone {shop}.5\n"
    folder.fine("session", "undo", "shop")
    code = "[n, require('vmgit:kv').get('n')]"
    assert folder.fine("run", "-s", "shop", "-e", code).out == "[ 2, 2 ]\n"
    assert folder.fine("replay", "shop", "--json").json["summary"] == {"same": 6}


def test_the_documents(folder: Folder, shop: str) -> None:
    assert folder.fine("session", "undo", "shop", "2", "--json").json == {
        "session": shop, "undone": [f"{shop}.4", f"{shop}.5"], "back_to": f"{shop}.3",
        "generation": 1,
    }  # fmt: skip
    shown = folder.fine("session", "show", "shop", "--json").json
    assert shown["undone"] == shown["redoable"] == [f"{shop}.4", f"{shop}.5"]
    assert folder.fine("session", "redo", "shop", "--json").json == {
        "session": shop, "redone": [f"{shop}.4", f"{shop}.5"], "generation": 1,
    }  # fmt: skip


def test_undone_executions_stay_in_the_log_and_are_shown_as_undone(
    folder: Folder, shop: str
) -> None:
    folder.fine("session", "undo", "shop", "2")
    folder.fine("run", "-s", "shop", "-e", "n")
    listed = folder.fine("exec", "list", "--json").json
    assert [(row["number"], row["undone"]) for row in listed[:4]] == [
        (6, False), (5, True), (4, True), (3, False),
    ]  # fmt: skip
    table = folder.fine("exec", "list").out.splitlines()
    assert "ok, undone" in table[3]
    assert "error, undone" in table[2]
    assert folder.fine("exec", "show", "shop.4", "--json").json["undone"] is True
    assert "status:      ok, undone\n" in folder.fine("exec", "show", "shop.4").out
    shown = folder.fine("session", "show", "shop").out
    assert f"undone:      {shop}.4, {shop}.5\n" in shown
    assert "ok, undone" in shown
    line = folder.fine("log", "--type", "session.undone").out
    assert line.rstrip().endswith("executions=[4,5] back_to=3")
    folder.fine("journal", "verify")
    folder.fine("journal", "rebuild")
    assert folder.fine("exec", "list", "--json").json == listed


def test_not_behind_a_refresh(folder: Folder, shop: str) -> None:
    folder.write("lib/rates.js", "exports.rate = 5;\n")
    folder.fine("run", "-s", "shop", "-e", "rate")
    before = log_state(folder.log_path.parent)
    done = folder.vmgit("session", "undo", "shop", "2")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "error: session shop has only 1 execution to undo since generation 2 began, "
        "and an undo does not cross a refresh.\n"
        "hint: `vmgit session undo shop 1` undoes what can be undone.\n"
    )
    error = folder.vmgit("session", "undo", "shop", "2", "--json").json["error"]
    assert error["code"] == "refused"
    assert error["details"]["undoable"] == [f"{shop}.7"]
    assert log_state(folder.log_path.parent) == before


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("undo", "nobody"), 2, "no session 'nobody'"),
        (("undo", "shop", "0"), 2, "0 is not in the range x>=1"),
        (("undo", "shop", "-1"), 2, "No such option"),
        (("undo", "shop", "many"), 2, "'many' is not a valid integer"),
        (("undo", "shop", "4"), 1, "has only 3 executions to undo since generation 1 began."),
        (("undo",), 2, "Missing argument 'SESSION'"),
        (("redo", "shop"), 1, "session shop has nothing to redo."),
        (("redo", "nobody"), 2, "no session 'nobody'"),
    ],
)
def test_bad_inputs(
    folder: Folder, shop: str, arguments: tuple[str, ...], status: int, message: str
) -> None:
    before = log_state(folder.log_path.parent)
    for more in ((), ("--json",)):
        done = folder.vmgit("session", *arguments, *more)
        assert (done.status, message in done.err) == (status, True), done
        assert "Traceback" not in done.err
        if more:
            assert message in done.json["error"]["message"]
    assert log_state(folder.log_path.parent) == before


def test_a_closed_session_stays_as_it_is(folder: Folder, shop: str) -> None:
    folder.fine("session", "close", "shop")
    for word in ("undo", "redo"):
        done = folder.vmgit("session", word, "shop")
        assert (done.status, "session shop is closed" in done.err) == (1, True)
    folder.fine("session", "fork", "shop", "--name", "twin")
    assert folder.fine("session", "undo", "twin", "2").out.startswith(f"undone {shop}.4, {shop}.5:")
    assert folder.fine("run", "-s", "twin", "-e", "n").out == "1\n"


def test_on_a_terminal(folder: Folder, shop: str) -> None:
    assert f"undone {shop}.5: the session" in seen(["session", "undo", "shop"], folder.root)
    assert seen(["session", "redo", "shop"], folder.root) == f"redone {shop}.5\n"
    assert "only 3 executions" in seen(["session", "undo", "shop", "9"], folder.root)
