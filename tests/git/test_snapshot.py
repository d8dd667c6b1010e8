"""Snapshots are the trees that the real `git add -u` would record, and change nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure, RefusedError, UsageError
from vmgit.git.snapshot import EMPTY_TREE, Snapshotter

from .changes import CHANGES, Change, delete, edit, file_to_link, make_executable

Opener: TypeAlias = Callable[[Git], Snapshotter]
Added: TypeAlias = Callable[[Git], str]
Fingerprint: TypeAlias = Callable[[Git], dict[str, object]]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_take_is_what_git_add_would_record(
    repo: Git, snapshotter: Opener, added_tree: Added, fingerprint: Fingerprint, change: Change
) -> None:
    change(repo)
    before = fingerprint(repo)
    snapshot = snapshotter(repo).take()
    assert fingerprint(repo) == before
    assert repo("ls-tree", "-r", snapshot.tree) == repo("ls-tree", "-r", added_tree(repo))
    assert snapshot.tree == added_tree(repo)
    assert snapshot.commit == repo("rev-parse", "HEAD")
    assert snapshot.dirty == (snapshot.tree != repo("rev-parse", "HEAD^{tree}"))
    repo("fsck", "--strict", snapshot.tree)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_update_with_the_changed_paths_is_a_full_take(
    repo: Git, snapshotter: Opener, fingerprint: Fingerprint, change: Change
) -> None:
    taker = snapshotter(repo)
    previous = taker.take()
    changed = list(change(repo))
    before = fingerprint(repo)
    updated = taker.update(previous, changed)
    assert fingerprint(repo) == before
    assert updated == snapshotter(repo).take()


@pytest.mark.parametrize(
    "change", [edit, delete, make_executable, file_to_link], ids=lambda change: change.__name__
)
def test_update_needs_no_status_while_head_and_index_rest(
    repo: Git, snapshotter: Opener, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    taker = snapshotter(repo)
    previous = taker.take()
    expected = list(change(repo))
    # Without git on the PATH a fall-back to `take` cannot go unseen.
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "/nonexistent")
        updated = taker.update(previous, expected)
    assert updated == taker.take()
    assert updated.dirty


def test_update_again_and_back(repo: Git, snapshotter: Opener) -> None:
    taker = snapshotter(repo)
    clean = taker.take()
    snapshot = clean
    for number in range(5):
        repo.write("lib/b.js", f"{number}\n")
        snapshot = taker.update(snapshot, ["lib/b.js"])
        assert snapshot == taker.take()
    repo.write("lib/b.js", "2\n")
    assert taker.update(snapshot, ["lib/b.js"]) == clean


def test_update_spells_paths_as_the_index_does(repo: Git, snapshotter: Opener) -> None:
    repo("config", "core.ignoreCase", "true")
    taker = snapshotter(repo)
    previous = taker.take()
    repo.write("lib/b.js", "changed\n")
    updated = taker.update(previous, ["LIB/B.js"])
    assert updated == taker.take()
    assert updated.dirty


def test_update_sees_a_new_commit_and_a_new_index(repo: Git, snapshotter: Opener) -> None:
    taker = snapshotter(repo)
    previous = taker.take()
    repo.write("a.js", "committed\n")
    commit = repo.commit()
    after_commit = taker.update(previous, [])
    assert (after_commit.commit, after_commit.dirty) == (commit, False)
    repo.write("new.js", "staged\n")
    repo("add", "new.js")
    after_add = taker.update(after_commit, [])
    assert "new.js" in repo("ls-tree", "--name-only", after_add.tree)
    repo("reset", "--quiet", "--soft", "HEAD~1")
    assert taker.update(after_add, []) == taker.take()


def test_clean_is_the_tree_of_head(repo: Git, snapshotter: Opener) -> None:
    snapshot = snapshotter(repo).take()
    assert snapshot.tree == repo("rev-parse", "HEAD^{tree}")
    assert not snapshot.dirty
    assert snapshot.filtered == ()


def test_dirty_is_what_git_stash_would_keep(repo: Git, snapshotter: Opener) -> None:
    repo.write("a.js", "changed\n")
    repo.write("lib/b.js", "staged\n")
    repo("add", "lib/b.js")
    stash = repo("stash", "create")
    assert snapshotter(repo).take().tree == repo("rev-parse", f"{stash}^{{tree}}")


def test_before_the_first_commit(
    git: Git, snapshotter: Opener, added_tree: Added, fingerprint: Fingerprint
) -> None:
    git.init()
    taker = snapshotter(git)
    nothing = taker.take()
    assert (nothing.tree, nothing.commit, nothing.dirty) == (EMPTY_TREE, None, False)
    git.write("a.js", "1")
    git("add", "a.js")
    git.write("a.js", "2")
    before = fingerprint(git)
    first = taker.update(nothing, ["a.js"])
    assert first == taker.take()
    assert (first.tree, first.commit, first.dirty) == (added_tree(git), None, True)
    assert fingerprint(git) == before


def test_in_a_linked_worktree(
    repo: Git, snapshotter: Opener, added_tree: Added, fingerprint: Fingerprint
) -> None:
    repo("worktree", "add", "--quiet", "-b", "other", "../linked")
    linked = repo.at(repo.folder.parent / "linked")
    linked.write("a.js", "only here\n")
    linked.commit()
    linked.write("lib/b.js", "and this\n")
    before = fingerprint(linked)
    taker = snapshotter(linked)
    snapshot = taker.take()
    assert snapshot.tree == added_tree(linked)
    assert snapshot.commit == linked("rev-parse", "other")
    assert taker.update(snapshot, ["a.js", "lib/b.js"]) == snapshot
    assert fingerprint(linked) == before
    assert not snapshotter(repo).take().dirty


def test_a_submodule_is_a_boundary(
    repo: Git, snapshotter: Opener, fingerprint: Fingerprint
) -> None:
    other = repo.init(repo.folder.parent / "other")
    other.write("x.js", "1")
    other.commit()
    allow = ("-c", "protocol.file.allow=always")
    repo(*allow, "submodule", "--quiet", "add", "../other", "sub")
    taker = snapshotter(repo)
    staged = taker.take()
    assert staged.tree == repo("write-tree")
    repo.commit()
    inside = repo.at(repo.folder / "sub")
    inside.write("x.js", "2")
    assert not taker.take().dirty
    inside.commit()
    before = fingerprint(repo)
    moved = taker.take()
    assert moved.tree == repo("rev-parse", "HEAD^{tree}")
    assert taker.update(moved, ["sub", "sub/x.js"]) == moved
    assert fingerprint(repo) == before
    repo("add", "sub")
    assert taker.take().tree == repo("write-tree")


def test_with_file_adds_one_untracked_file(repo: Git, snapshotter: Opener) -> None:
    taker = snapshotter(repo)
    tree = taker.take().tree
    repo.write("scripts/once.js", "once\n")
    blob = taker.store_file("scripts/once.js")
    assert blob is not None
    joined = taker.with_file(tree, "scripts/once.js", blob)
    assert repo("show", f"{joined}:scripts/once.js") == "once"
    assert repo("diff", "--name-status", tree, joined) == "A\tscripts/once.js"
    assert not taker.is_tracked("scripts/once.js")
    assert taker.is_tracked("lib/b.js")
    assert taker.store_file("missing.js") is None


def test_with_file_refuses_ignored_files(repo: Git, snapshotter: Opener) -> None:
    repo.write(".gitignore", "*.tmp\nbuild/\n")
    taker = snapshotter(repo)
    tree = taker.take().tree
    for path in ("x.tmp", "build/out.js", "a b\n.tmp"):
        repo.write(path, "1")
        assert taker.is_ignored(path)
        with pytest.raises(RefusedError, match="ignored by Git"):
            taker.with_file(tree, path, repo("hash-object", "a.js"))
    assert not taker.is_ignored("a.js")


@pytest.mark.parametrize("path", ["../x.js", "/x.js", "a//b", ".git/config", "x/.GIT/y", "", "."])
def test_with_file_refuses_paths_that_no_tree_can_hold(
    repo: Git, snapshotter: Opener, path: str
) -> None:
    taker = snapshotter(repo)
    with pytest.raises(UsageError, match="is not a path inside"):
        taker.with_file(EMPTY_TREE, path, repo("hash-object", "a.js"))


def test_git_that_fails_is_quoted(repo: Git, snapshotter: Opener) -> None:
    taker = snapshotter(repo)
    (repo.folder / ".git/index").write_bytes(b"DIRC rubbish that is long enough for a header")
    with pytest.raises(EnvironmentFailure, match=r"`git status` failed in .*index"):
        taker.take()


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Repeat `work` in a thread for as long as the block runs."""
    stop = threading.Event()
    problems: list[BaseException] = []

    def run() -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert problems == []


def test_a_file_that_is_being_replaced_is_old_or_new(repo: Git, snapshotter: Opener) -> None:
    contents = [letter * 300_000 for letter in (b"a", b"b", b"c")]
    turn = iter(range(1_000_000))

    def replace() -> None:
        repo.write("next.tmp", contents[next(turn) % 3])
        os.replace(repo.folder / "next.tmp", repo.folder / "lib/b.js")

    replace()
    taker = snapshotter(repo)
    snapshot = taker.take()
    with meanwhile(replace):
        trees = {taker.take().tree for _ in range(10)}
        for _ in range(50):
            snapshot = taker.update(snapshot, ["lib/b.js"])
            trees.add(snapshot.tree)
    for tree in trees:
        assert repo.raw("show", f"{tree}:lib/b.js") in contents


def test_commits_made_meanwhile_do_not_tear_a_snapshot(repo: Git, snapshotter: Opener) -> None:
    numbers = iter(range(1_000_000))

    def commit() -> None:
        number = next(numbers)
        repo.write("a.js", f"{number}\n")
        repo.write("lib/b.js", f"{number}\n")
        repo.commit()

    taker = snapshotter(repo)
    taken = []
    with meanwhile(commit):
        snapshot = taker.take()
        for _ in range(20):
            snapshot = taker.update(snapshot, ["a.js", "lib/b.js"])
            taken.append(snapshot)
    for snapshot in taken:
        head_tree = repo("rev-parse", f"{snapshot.commit}^{{tree}}")
        assert snapshot.dirty == (snapshot.tree != head_tree)
        names = repo("ls-tree", "-r", "--name-only", snapshot.tree).split()
        assert names == ["a.js", "lib/b.js", "lib/deep/c.js"]
    assert taker.take().tree == repo("rev-parse", "HEAD^{tree}")
