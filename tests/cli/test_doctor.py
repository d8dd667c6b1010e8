"""`vmgit doctor`: what it tells of a sound workspace, and what it asks people to act on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from workspaces import Folder

from vmgit import hostlock
from vmgit.events.workspace import WatchDegraded, WatchRecovered

from .conftest import make_workspace


@pytest.fixture
def work(tmp_path: Path) -> Folder:
    return make_workspace(tmp_path / "work")


def test_a_sound_workspace_needs_nothing(work: Folder) -> None:
    work.fine("run", "-e", "1")
    done = work.fine("doctor")
    assert done.err == ""
    assert done.out.endswith("nothing to do\n")
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["workspace"] == str(work.root)
    assert lines["engine"].startswith("dukpy 0.")
    assert lines["watch"] == "not running"
    assert lines["no_new_privs"] == "on"


def test_the_document_holds_every_part(work: Folder) -> None:
    assert work.fine("doctor", "--json").json["log"] is None
    work.fine("run", "-e", "1")
    before = work.log_path.read_bytes()
    document = work.fine("doctor", "--json").json
    assert work.log_path.read_bytes() == before
    assert set(document["versions"]) == {
        *("vmgit", "python", "system", "git", "libgit2", "pygit2", "sqlite", "engine"),
    }
    assert all(document["versions"].values())
    assert document["repository"]["head"] == work.git("rev-parse", "HEAD")
    assert document["log"]["path"] == str(work.log_path)
    assert document["log"]["events"] > 0
    assert document["log"]["database_bytes"] == work.log_path.stat().st_size
    assert document["watch"] == {"holder": None, "degraded": None}
    assert document["sandbox"]["policy"] == "auto"
    assert document["sandbox"]["layers"]["rlimits"] == "on"
    assert document["problems"] == []


def test_no_workspace_is_something_to_act_on(tmp_path: Path, work: Folder) -> None:
    done = work.vmgit("doctor", "--json", cwd=tmp_path)
    assert done.status == 1
    assert [problem["part"] for problem in done.json["problems"]] == ["workspace"]
    assert done.json["workspace"] is None
    assert done.json["sandbox"]["layers"]["rlimits"] == "on"
    plain = work.vmgit("doctor", cwd=tmp_path)
    assert plain.status == 1
    assert plain.err.startswith("error: workspace: ")
    assert "hint: `vmgit init`" in plain.err


def test_bad_settings_are_told_once(work: Folder) -> None:
    work.write("vmgit.toml", "format = 1\nsandbox = 'maybe'\n")
    problems = work.vmgit("doctor", "--json").json["problems"]
    assert [problem["part"] for problem in problems] == ["workspace"]
    assert "'maybe'" in problems[0]["message"]


def test_a_repository_that_cannot_be_read(work: Folder) -> None:
    work.git("config", "core.repositoryFormatVersion", "1")
    work.git("config", "extensions.refStorage", "reftable")
    done = work.vmgit("doctor", "--json")
    assert done.status == 1
    assert [problem["part"] for problem in done.json["problems"]] == ["repository"]
    assert "refstorage" in done.json["problems"][0]["message"]
    assert done.json["repository"] is None


def test_a_log_that_is_none(work: Folder) -> None:
    work.log_path.parent.mkdir(exist_ok=True)
    work.log_path.write_bytes(b"no database at all, but long enough for one" * 100)
    done = work.vmgit("doctor", "--json")
    assert done.status == 1
    assert [problem["part"] for problem in done.json["problems"]] == ["log"]


def test_git_that_is_not_there(work: Folder, tmp_path: Path) -> None:
    done = work.vmgit("doctor", "--json", env={"PATH": str(tmp_path)})
    assert done.status == 1
    assert done.json["versions"]["git"] is None
    assert "git" in {problem["part"] for problem in done.json["problems"]}
    assert shutil.which("git", path=os.environ["PATH"]) is not None


def test_a_watcher_that_cannot_see(work: Folder) -> None:
    work.fine("run", "-e", "1")
    with work.open() as workspace:
        workspace.record(WatchDegraded("too many folders"))
        # Of a watcher that is gone, nobody needs to know.
        assert work.fine("doctor", "--json").json["watch"]["degraded"] is None
        with hostlock.hold(workspace.watch_lock_path, "vmgit watch", wait=False):
            done = work.vmgit("doctor", "--json")
            assert done.status == 1
            assert done.json["watch"]["degraded"] == "too many folders"
            assert done.json["problems"][0]["part"] == "watch"
            workspace.record(WatchRecovered())
            assert work.fine("doctor", "--json").json["watch"]["degraded"] is None
