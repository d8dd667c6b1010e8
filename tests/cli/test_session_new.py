"""`vmgit session new`."""

from __future__ import annotations

import pytest
from workspaces import Folder


def test_it_answers_with_the_name_or_the_id(shared: Folder) -> None:
    assert shared.fine("session", "new", "--name", "named").out == "named\n"
    label = shared.fine("session", "new").out.strip()
    assert shared.fine("session", "show", label, "--json").json["session"] == label


def test_the_document(shared: Folder) -> None:
    document = shared.fine("session", "new", "--json", "--name", "doc").json
    assert document["name"] == "doc"
    assert document["profile"] == "default"
    assert document["status"] == "active"
    assert document["generation"] == 1
    assert document["tree"] == shared.git("rev-parse", "HEAD^{tree}")
    assert [entry["path"] for entry in document["startup"]] == ["startup/00-base.js"]
    assert document["last_execution"] == f"{document['session']}.1"
    assert shared.fine("session", "show", "doc", "--json").json == document


@pytest.mark.parametrize("name", ["a", "A_1-b", "x" * 64, "2024"])
def test_good_names(shared: Folder, name: str) -> None:
    assert shared.fine("session", "new", "--name", name).out == f"{name}\n"


def test_at_a_revision_it_is_never_refreshed(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "old", "--at", "HEAD")
    folder.write("startup/00-base.js", "function twice() { return 'new'; }\n")
    folder.commit("new")
    done = folder.fine("run", "-s", "old", "-e", "twice(2)")
    assert (done.out, done.err) == ("4\n", "")
    assert folder.fine("session", "show", "old", "--json").json["pinned"] == "HEAD"


def test_a_startup_that_throws_makes_a_crashed_session_that_heals(folder: Folder) -> None:
    folder.write("startup/00-base.js", "1;\nnull.x\n")
    done = folder.vmgit("session", "new", "--name", "ill")
    assert (done.status, done.out) == (1, "")
    error, hint = done.err.splitlines()
    assert error.startswith("error: session ill has crashed: startup/00-base.js:2")
    assert hint.startswith("hint: Mend the file")
    crashed = folder.vmgit("session", "new", "--json")
    assert crashed.status == 1
    assert crashed.json["status"] == "crashed"
    assert crashed.json["reason"].startswith("startup/00-base.js:2")

    refused = folder.vmgit("run", "-s", "ill", "-e", "1")
    assert refused.status == 1
    assert refused.err.count("has crashed") == 1
    folder.write("startup/00-base.js", "let healed = true;\n")
    assert folder.fine("run", "-s", "ill", "-e", "healed").out == "true\n"
