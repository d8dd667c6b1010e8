"""`vmgit status`: where things stand, without changing them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from realgit import Git
from workspaces import Folder

from .conftest import log_state


def test_a_fresh_workspace(tmp_path: Path) -> None:
    folder = Folder(Git(tmp_path))
    folder.fine("init")
    lines = folder.fine("status").out.splitlines()
    assert lines[0] == f"workspace  {tmp_path}"
    assert lines[1].startswith("head       ")
    assert "no commit yet, clean" in lines[1]
    assert lines[3] == "host       none: each command hosts for itself"
    assert lines[4] == "watch      not running"
    assert lines[-1] == "no open sessions; `vmgit session new` makes one"


@pytest.mark.embedded
def test_sessions_and_what_would_refresh_them(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "one")
    folder.fine("session", "new", "--name", "pinned", "--at", "HEAD")
    folder.fine("run", "-e", "1")  # an ephemeral session is none that is open
    commit = folder.git("rev-parse", "--short=12", "HEAD")
    clean = folder.fine("status").out.splitlines()
    assert clean[1] == f"head       main {commit}, clean"
    header = ["SESSION", "PROFILE", "STATE", "GEN", "LAST", "WOULD", "REFRESH", "IT"]
    assert clean[6].split() == header
    assert clean[7].split()[:5] == ["pinned", "default", "active", "at", "HEAD"]
    assert clean[8].split()[:4] == ["one", "default", "active", "1"]
    assert clean[8].endswith("  nothing")

    folder.write("startup/00-base.js", "let started = 2;\n")
    folder.write("notes.txt", "nothing that a session reads\n")
    dirty = folder.fine("status").out.splitlines()
    assert dirty[1] == f"head       main {commit}, dirty"
    assert dirty[7].endswith("  nothing")
    assert "startup/00-base.js" in dirty[8]
    document = folder.fine("status", "--json").json
    assert [one["name"] for one in document["sessions"]] == ["pinned", "one"]
    assert document["sessions"][0]["pending"] == []
    assert "startup/00-base.js" in document["sessions"][1]["pending"]
    assert document["dirty"] is True
    assert document["branch"] == "refs/heads/main"


@pytest.mark.embedded
def test_it_changes_nothing(
    folder: Folder, fingerprint: Callable[[Git], dict[str, object]]
) -> None:
    folder.fine("session", "new")
    folder.write("startup/00-base.js", "changed\n")
    before = (fingerprint(folder.git), log_state(folder.log_path.parent))
    folder.fine("status")
    folder.fine("status", "--json")
    assert (fingerprint(folder.git), log_state(folder.log_path.parent)) == before


@pytest.mark.embedded
def test_who_hosts_and_what_git_is_doing(folder: Folder) -> None:
    folder.git("checkout", "--quiet", "--detach")
    folder.fine("run", "-e", "1")
    (folder.root / ".git" / "MERGE_HEAD").write_text(folder.git("rev-parse", "HEAD") + "\n")
    with (folder.log_path.parent / "host.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.pwrite(lock.fileno(), b"vmgit test, pid 1\n", 0)
        os.ftruncate(lock.fileno(), 18)
        lines = folder.fine("status").out.splitlines()
    assert lines[1].startswith("head       detached HEAD ")
    assert lines[1].endswith(", merge in progress")
    assert lines[3] == "host       vmgit test, pid 1"


def test_a_crashed_session_says_so(folder: Folder) -> None:
    folder.write("startup/00-base.js", "null.x\n")
    assert folder.vmgit("session", "new", "--name", "bad").status == 1
    assert "bad" in folder.fine("status").out
    (one,) = folder.fine("status", "--json").json["sessions"]
    assert one["status"] == "crashed"
    assert one["reason"].startswith("startup/00-base.js:1: TypeError")
