"""`vmgit session refresh`: says what it did, and exits 1 when it could not."""

from __future__ import annotations

import pytest
from workspaces import Folder


@pytest.mark.embedded  # a server's watch may be first
def test_it_brings_a_session_up_to_date_and_says_so(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    assert folder.fine("session", "refresh", "s").out == "generation 1 is up to date\n"
    folder.write("startup/00-base.js", "let started = 2;\n")
    assert folder.fine("session", "refresh", "s").out == (
        "generation 2 (rerun): startup/00-base.js\n"
    )
    document = folder.fine("session", "refresh", "s", "--json").json
    assert (document["result"], document["generation"]) == ("none", 2)
    assert folder.fine("run", "-s", "s", "-e", "started").out == "2\n"


def test_a_refresh_that_fails_exits_1_and_the_old_generation_serves(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    folder.write("startup/00-base.js", "null.x\n")
    done = folder.vmgit("session", "refresh", "s")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("warning: refresh failed: startup/00-base.js:1: TypeError")
    assert done.err.endswith("generation 1 still serves.\n")
    again = folder.vmgit("session", "refresh", "s", "--json")
    assert (again.status, again.json["result"]) == (1, "still_failing")
    assert folder.fine("run", "-s", "s", "-e", "started").out == "1\n"


def test_a_session_that_never_started_stays_crashed(folder: Folder) -> None:
    folder.write("startup/00-base.js", "null.x\n")
    assert folder.vmgit("session", "new", "--name", "s").status == 1
    done = folder.vmgit("session", "refresh", "s")
    assert done.status == 1
    assert done.err.startswith("error: session s has crashed: startup/00-base.js:1: TypeError")


def test_an_unknown_session_is_a_usage_error(folder: Folder) -> None:
    assert folder.vmgit("session", "refresh", "nobody").status == 2
