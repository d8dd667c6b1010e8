"""Pinned trees survive what Git throws away, and stay out of the user's sight."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure, UnavailableError
from vmgit.git.keep import KEEP_PREFIX, Keeper
from vmgit.git.repository import Repository
from vmgit.git.snapshot import Snapshotter

Opened: TypeAlias = Callable[[Git], Repository]


def test_a_dirty_snapshot_survives_gc(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    repo.write("lib/deep/c.js", "never committed\n")
    kept = Snapshotter(repository).take().tree
    repo.write("lib/deep/c.js", "lost\n")
    lost = Snapshotter(repository).take().tree
    Keeper(repository).pin(kept)
    repo("gc", "--quiet", "--prune=now")
    assert repo("show", f"{kept}:lib/deep/c.js") == "never committed"
    assert repo("cat-file", "-t", lost, check=False) == ""
    assert repo("fsck", "--strict") == ""


def test_the_tree_of_an_amended_commit_survives_gc(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    snapshot = Snapshotter(repository).take()
    Keeper(repository).pin(snapshot.tree)
    repo.write("a.js", "amended\n")
    repo("commit", "--quiet", "--all", "--amend", "--message", "amended")
    repo("reflog", "expire", "--expire=now", "--all")
    repo("gc", "--quiet", "--prune=now")
    assert repo("cat-file", "-t", str(snapshot.commit), check=False) == ""
    assert opened(repo).read_blob(repo("rev-parse", f"{snapshot.tree}:a.js")) == b"1\n"


def test_pins_are_not_seen_in_the_history(repo: Git, opened: Opened) -> None:
    before = repo("log", "--all", "--format=%H %D")
    repo.write("a.js", "changed\n")
    repository = opened(repo)
    Keeper(repository).pin(Snapshotter(repository).take().tree)
    assert repo("log", "--all", "--format=%H %D") == before
    assert repo("rev-list", "--all", "--count") == "1"
    assert repo("branch", "--all", "--format=%(refname)") == "refs/heads/main"
    repo("clone", "--quiet", ".", "../clone")
    clone = repo.at(repo.folder.parent / "clone")
    assert "vmgit" not in clone("for-each-ref")


def test_pin_list_and_unpin(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    keeper = Keeper(repository)
    trees = [repo("rev-parse", name) for name in ("HEAD^{tree}", "HEAD:lib", "HEAD:lib/deep")]
    for tree in trees + trees:
        assert keeper.is_pinned(tree) == (tree in keeper.pins())
        keeper.pin(tree)
    assert keeper.pins() == sorted(trees)
    assert repo("rev-parse", KEEP_PREFIX + trees[0]) == trees[0]
    keeper.unpin(trees[0])
    keeper.unpin(trees[0])
    assert keeper.pins() == sorted(trees[1:])


def test_packed_pins_count(repo: Git, opened: Opened) -> None:
    keeper = Keeper(opened(repo))
    tree = repo("rev-parse", "HEAD^{tree}")
    keeper.pin(tree)
    repo("pack-refs", "--all")
    assert not (repo.folder / ".git" / KEEP_PREFIX / tree).exists()
    assert keeper.pins() == [tree]
    keeper.pin(tree)
    keeper.unpin(tree)
    assert keeper.pins() == []


def test_a_missing_tree_cannot_be_pinned(repo: Git, opened: Opened) -> None:
    keeper = Keeper(opened(repo))
    with pytest.raises(UnavailableError, match="it is not in the repository"):
        keeper.pin("1" * 40)
    assert keeper.pins() == []


def test_worktrees_share_their_pins(repo: Git, opened: Opened) -> None:
    repo("worktree", "add", "--quiet", "../linked")
    linked = repo.at(repo.folder.parent / "linked")
    tree = repo("rev-parse", "HEAD^{tree}")
    Keeper(opened(linked)).pin(tree)
    assert Keeper(opened(repo)).pins() == [tree]


def test_two_pin_the_same_tree_at_once(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    trees = [repository.write_tree({}).hex(), repo("rev-parse", "HEAD^{tree}")]
    trees += [repo("rev-parse", "HEAD:lib"), repo("rev-parse", "HEAD:lib/deep")]
    problems: list[BaseException] = []
    start = threading.Barrier(4)

    def work(keeper: Keeper) -> None:
        try:
            start.wait()
            for tree in trees:
                keeper.pin(tree)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=[Keeper(opened(repo))]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert Keeper(repository).pins() == sorted(trees)


def test_a_damaged_pin_is_written_anew(repo: Git, opened: Opened) -> None:
    tree = repo("rev-parse", "HEAD^{tree}")
    reference = repo.write(f".git/{KEEP_PREFIX}{tree}", "")
    keeper = Keeper(opened(repo))
    assert not keeper.is_pinned(tree)
    keeper.pin(tree)
    assert keeper.pins() == [tree]
    assert reference.read_text() == f"{tree}\n"


def test_nothing_is_left_beside_the_pin(repo: Git, opened: Opened) -> None:
    keeper = Keeper(opened(repo))
    keeper.pin(repo("rev-parse", "HEAD^{tree}"))
    assert list((repo.folder / ".git/vmgit").iterdir()) == []
    assert len(list((repo.folder / ".git" / KEEP_PREFIX).iterdir())) == 1


def test_a_pin_that_cannot_be_written(repo: Git, opened: Opened) -> None:
    repo.write(".git/refs/vmgit", repo("rev-parse", "HEAD"))
    with pytest.raises(EnvironmentFailure, match="cannot be written") as caught:
        Keeper(opened(repo)).pin(repo("rev-parse", "HEAD^{tree}"))
    assert caught.value.exit_code == 4
