"""`vendor/` is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vmgit.errors import RefusedError
from vmgit.library.staging import STAGING, Staging, recover

WAYS = [True, False]


def _fill(staging: Staging, name: str) -> None:
    made = staging.folder / "made"
    made.mkdir()
    (made / "x.js").write_text(name)
    staging.put(made, name)


@pytest.mark.parametrize("exchange", WAYS)
def test_a_swap(tmp_path: Path, exchange: bool) -> None:
    for name, before in (("a", set()), ("b", {"a"}), ("c", {"a", "b"})):
        with Staging(tmp_path, exchange=exchange) as staging:
            staging.keep("", ())
            _fill(staging, name)
            assert set(os.listdir(tmp_path / "vendor") if before else ()) == before
            staging.swap()
    assert sorted(os.listdir(tmp_path / "vendor")) == ["a", "b", "c"]
    assert os.listdir(tmp_path) == ["vendor"]


@pytest.mark.parametrize("exchange", WAYS)
def test_leaving_without_a_swap_changes_nothing(tmp_path: Path, exchange: bool) -> None:
    (tmp_path / "vendor/a").mkdir(parents=True)
    with Staging(tmp_path, exchange=exchange) as staging:
        _fill(staging, "b")
    assert [path.name for path in tmp_path.rglob("*")] == ["vendor", "a"]


def test_what_is_kept_is_kept_as_it_is(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    (vendor / "a/deep/gone").mkdir(parents=True)
    (vendor / "a/deep/x").write_text("x")
    (vendor / "a/empty").mkdir()
    (vendor / "a/link").symlink_to("/nowhere")
    (vendor / "a/run").write_text("r")
    (vendor / "a/run").chmod(0o755)
    inode = (vendor / "a/deep/x").stat().st_ino
    with Staging(tmp_path) as staging:
        staging.keep("", {"a/deep/gone"})
        staging.write("new", b"1")
        staging.swap()
    assert (vendor / "a/deep/x").stat().st_ino == inode
    assert os.readlink(vendor / "a/link") == "/nowhere"
    assert (vendor / "a/run").stat().st_mode & 0o777 == 0o755
    assert (vendor / "a/empty").is_dir()
    assert not (vendor / "a/deep/gone").exists()


def test_a_file_that_is_written_is_not_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor/lock").write_text("old")
    with Staging(tmp_path) as staging:
        staging.keep("", ())
        staging.write("lock", b"new")
        assert (tmp_path / "vendor/lock").read_text() == "old"


def test_nothing_else_is_taken_for_ours(tmp_path: Path) -> None:
    folder = tmp_path / STAGING
    folder.mkdir()
    (folder / "mine").write_text("mine")
    with pytest.raises(RefusedError, match="was not made by vmgit"):
        recover(tmp_path)
    (folder / "mine").unlink()
    recover(tmp_path)
    assert not folder.exists()
    # A kill may come before the mark is whole.
    folder.mkdir()
    (folder / ".gitignore").write_text("# Made by")
    recover(tmp_path)
    assert not folder.exists()
    (tmp_path / "target").mkdir()
    folder.symlink_to("target")
    with pytest.raises(RefusedError, match="was not made by vmgit"):
        recover(tmp_path)
    folder.unlink()
    (tmp_path / "vendor").symlink_to("target")
    with pytest.raises(RefusedError, match="vendor is no folder"):
        recover(tmp_path)


def test_git_does_not_see_what_a_kill_leaves(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    with Staging(tmp_path) as staging:
        _fill(staging, "a")
        status = ["git", "status", "--porcelain", "--untracked-files=all"]
        done = subprocess.run(status, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout == ""


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_a_kill_at_any_moment(tmp_path: Path, how: str) -> None:
    halves = 0
    for turn in range(15):
        writer = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("killing.py")), str(tmp_path), how],
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(turn * 0.004)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        halves += (tmp_path / STAGING).exists()
        if how == "exchange":
            _check_whole(tmp_path / "vendor")  # with nobody's help
        recover(tmp_path)
        _check_whole(tmp_path / "vendor")
    assert halves


def _check_whole(vendor: Path) -> None:
    name = (vendor / "lock").read_text()
    found = {path.read_text() for path in vendor.glob("p*/index.js")}
    assert (found, len(list(vendor.iterdir()))) == ({name}, 21)
