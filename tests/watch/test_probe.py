from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from vmgit.watch.probe import Probe

from .conftest import Repo


@pytest.fixture
def probe(repo: Repo) -> Probe:
    long_ago = time.time() - 3600
    for path in repo.root.rglob("*.js"):
        os.utime(path, (long_ago, long_ago))
    return Probe(repo.root, repo.git_dir)


def test_the_lock(repo: Repo, probe: Probe) -> None:
    assert not probe.lock_exists()
    (repo.git_dir / "index.lock").write_text("")
    assert probe.lock_exists()


def test_a_rebase_that_stopped_at_a_conflict(repo: Repo, probe: Probe) -> None:
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a.js", "side\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("a.js", "main\n")
    repo.commit()
    assert not probe.rebasing()
    with pytest.raises(AssertionError, match="could not apply"):
        repo.git("rebase", "-q", "side")
    assert probe.rebasing()
    repo.git("rebase", "--abort")
    assert not probe.rebasing()


def test_a_whole_file_is_complete(probe: Probe) -> None:
    assert not probe.is_incomplete("a.js")


@pytest.mark.parametrize("path", ["missing.js", "a.js/below", "missing/x.js"])
def test_a_missing_file_is_incomplete(probe: Probe, path: str) -> None:
    assert probe.is_incomplete(path)


def test_an_empty_file_is_incomplete(repo: Repo, probe: Probe) -> None:
    repo.write("a.js", "")
    assert probe.is_incomplete("a.js")


def test_a_file_written_a_moment_ago_is_incomplete_one_of_the_future_is_not(
    repo: Repo, probe: Probe
) -> None:
    deadline = time.monotonic() + 60
    seen = False
    while not seen and time.monotonic() < deadline:  # a slow machine may miss the moment
        repo.write("a.js", "new\n")
        seen = probe.is_incomplete("a.js")
    assert seen
    later = time.time() + 3600
    os.utime(repo.root / "a.js", (later, later))
    assert not probe.is_incomplete("a.js")


def test_folders_and_dangling_links_are_what_they_are(repo: Repo, probe: Probe) -> None:
    Path(repo.root / "dangling").symlink_to("nowhere")
    assert not probe.is_incomplete("dangling")
    assert not probe.is_incomplete("lib")
