"""What a pin names is on disk before the pin is, and nothing is flushed twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git.durability import PendingObjects
from vmgit.git.keep import KEEP_PREFIX, Keeper
from vmgit.git.repository import Repository
from vmgit.git.snapshot import Snapshotter

Opened: TypeAlias = Callable[[Git], Repository]


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes of the files that were flushed; they are really flushed too."""
    inodes: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        inodes.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return inodes


def loose(git: Git, oid: str) -> int:
    return (git.folder / ".git/objects" / oid[:2] / oid[2:]).stat().st_ino


def test_a_pin_flushes_every_object_of_the_change_first(
    repo: Git, opened: Opened, flushed: list[int]
) -> None:
    repository = opened(repo)
    repo.write("lib/deep/c.js", "changed\n")
    repo.write("staged.js", "staged\n")
    repo("add", "staged.js")
    tree = Snapshotter(repository).take().tree
    keeper = Keeper(repository)
    keeper.pin(tree)
    keeper.settle()
    names = ["", "lib", "lib/deep", "lib/deep/c.js", "staged.js"]
    expected = {loose(repo, repo("rev-parse", f"{tree}:{name}")) for name in names}
    reference = repo.folder / ".git" / KEEP_PREFIX / tree
    around = {reference.stat().st_ino, reference.parent.stat().st_ino}
    assert flushed[-1] == reference.parent.stat().st_ino
    assert set(flushed) == expected | around
    keeper.pin(tree)
    keeper.settle()
    assert len(flushed) == len(expected) + 2


def test_without_objects_there_is_no_pin(
    repo: Git, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = opened(repo)
    repo.write("a.js", "changed\n")
    tree = Snapshotter(repository).take().tree
    seen: list[bool] = []
    reference = repo.folder / ".git" / KEEP_PREFIX / tree
    flush = repository.pending.flush

    def watched() -> None:
        seen.append(reference.exists())
        flush()
        seen.append(reference.exists())

    monkeypatch.setattr(repository.pending, "flush", watched)
    Keeper(repository).pin(tree)
    assert seen == [False, False]
    assert reference.exists()


def test_many_objects(repo: Git, opened: Opened, flushed: list[int]) -> None:
    repository = opened(repo)
    oids = [repository.write_blob(b"%d" % number) for number in range(100)]
    repository.pending.flush()
    assert sorted(flushed) == sorted(loose(repo, oid) for oid in oids)


def test_packed_objects_need_no_flush(repo: Git, opened: Opened, flushed: list[int]) -> None:
    repository = opened(repo)
    repo("gc", "--quiet", "--prune=now")
    repository.pending.add(repo("rev-parse", "HEAD:a.js"))
    repository.pending.flush()
    assert flushed == []


def test_a_failing_disk_is_reported_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = PendingObjects(tmp_path)
    (tmp_path / "aa").mkdir()
    (tmp_path / "aa/0").touch()

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        # A disk that fails cannot be had for a test.
        patched.setattr(os, "fsync", fail)
        pending.add("aa0")
        pending.close()
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output"):
            pending.flush()


def test_a_failing_disk_makes_no_pin(
    repo: Git, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = opened(repo)
    repo.write("a.js", "changed\n")

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        tree = Snapshotter(repository).take().tree
        with pytest.raises(EnvironmentFailure, match="Input/output error"):
            Keeper(repository).pin(tree)
    assert Keeper(repository).pins() == []


def test_a_pin_that_cannot_be_settled(
    repo: Git, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(opened(repo))
    keeper.settle()
    keeper.pin(repo("rev-parse", "HEAD^{tree}"))

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(EnvironmentFailure, match="Input/output error"):
            keeper.settle()
    keeper.settle()
