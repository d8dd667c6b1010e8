"""Snapshots are the trees that the real `git add -u` would record, and change nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure, RefusedError, UsageError
from vmgit.git.snapshot import EMPTY_TREE, Snapshotter

Opener: TypeAlias = Callable[[Git], Snapshotter]
Added: TypeAlias = Callable[[Git], str]
Fingerprint: TypeAlias = Callable[[Git], dict[str, object]]
#: Changes the repository and returns the paths that it changed.
Change: TypeAlias = Callable[[Git], Iterable[str]]


def edit(git: Git) -> list[str]:
    git.write("lib/b.js", "changed\n")
    return ["lib/b.js"]


def delete(git: Git) -> list[str]:
    (git.folder / "lib/deep/c.js").unlink()
    return ["lib/deep/c.js"]


def delete_folder(git: Git) -> list[str]:
    git.write("keep", "1")
    git.commit()
    for name in ("lib/deep/c.js", "lib/b.js"):
        (git.folder / name).unlink()
    (git.folder / "lib/deep").rmdir()
    (git.folder / "lib").rmdir()
    return ["lib"]


def rename(git: Git) -> list[str]:
    git("mv", "a.js", "lib/deep/z.js")
    return ["a.js", "lib/deep/z.js"]


def rename_by_hand(git: Git) -> list[str]:
    (git.folder / "a.js").rename(git.folder / "z.js")
    return ["a.js", "z.js"]


def make_executable(git: Git) -> list[str]:
    (git.folder / "a.js").chmod(0o755)
    return ["a.js"]


def ignore_modes(git: Git) -> list[str]:
    (git.folder / "a.js").chmod(0o755)
    git.commit()
    git("config", "core.fileMode", "false")
    (git.folder / "a.js").chmod(0o644)
    git.write("a.js", "other\n")
    git.write("lib/b.js", "other\n").chmod(0o755)
    return ["a.js", "lib/b.js"]


def file_to_link(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    (git.folder / "a.js").symlink_to("lib/b.js")
    return ["a.js"]


def link_to_file(git: Git) -> list[str]:
    (git.folder / "link").symlink_to("a.js")
    git.commit()
    (git.folder / "link").unlink()
    git.write("link", "now a file")
    return ["link"]


def link_elsewhere(git: Git) -> list[str]:
    (git.folder / "link").symlink_to("a.js")
    git.commit()
    (git.folder / "link").unlink()
    (git.folder / "link").symlink_to(os.fsdecode(b"/nowhere/\xff"))
    return ["link"]


def file_to_folder(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    git.write("a.js/inside.js", "untracked")
    return ["a.js", "a.js/inside.js"]


def file_to_tracked_folder(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    git.write("a.js/inside.js", "tracked")
    git("add", "-A")
    git.write("a.js/inside.js", "tracked and changed")
    return ["a.js", "a.js/inside.js"]


def folder_to_file(git: Git) -> list[str]:
    delete_folder(git)
    git.write("lib", "a file now")
    git("add", "-A")
    return ["lib", "lib/b.js", "lib/deep/c.js"]


def folder_to_link(git: Git) -> list[str]:
    (git.folder / "lib").rename(git.folder / "elsewhere")
    (git.folder / "lib").symlink_to("elsewhere")
    return ["lib/b.js", "lib/deep/c.js", "lib"]


def stage_new(git: Git) -> list[str]:
    git.write("new/one.js", "staged\n")
    git("add", "new")
    git.write("new/one.js", "then changed\n")
    return ["new/one.js"]


def stage_then_delete(git: Git) -> list[str]:
    git.write("new.js", "staged\n")
    git("add", "new.js")
    (git.folder / "new.js").unlink()
    return ["new.js"]


def stage_then_revert(git: Git) -> list[str]:
    git.write("a.js", "staged\n")
    git("add", "a.js")
    git.write("a.js", "1\n")
    return ["a.js"]


def untrack(git: Git) -> list[str]:
    git("rm", "--quiet", "--cached", "a.js")
    return ["a.js"]


def intend_to_add(git: Git) -> list[str]:
    git.write("planned.js", "content\n")
    git.write("planned-empty.js", "")
    git("add", "--intent-to-add", "planned.js", "planned-empty.js")
    return ["planned.js", "planned-empty.js"]


def leave_untracked(git: Git) -> list[str]:
    git.write("untracked.js", "not there\n")
    return ["untracked.js", "does/not/exist.js"]


def odd_names(git: Git) -> list[str]:
    names = [
        "with space.js",
        "ünï/cödé.js",
        "new\nline.js",
        'quo"te\\back.js',
        " lead",
        "-dash",
        "tab\t.js",
        "a.b",
        "a-b",
        "a/b",
        ":(glob)x",
        os.fsdecode(b"bytes-\xff\xfe.js"),
    ]
    for name in names:
        git.write(name, "old")
    git.commit()
    for name in names:
        git.write(name, "newer")
    return names


def assume_unchanged(git: Git) -> list[str]:
    git("update-index", "--assume-unchanged", "a.js")
    git.write("a.js", "not to be seen\n")
    return ["a.js"]


def skip_worktree(git: Git) -> list[str]:
    git.write("a.js", "staged\n")
    git("add", "a.js")
    git("update-index", "--skip-worktree", "a.js")
    git.write("a.js", "not to be seen\n")
    return ["a.js"]


def sparse_checkout(git: Git) -> list[str]:
    git("sparse-checkout", "set", "--cone", "--sparse-index", "other")
    git.write("a.js", "changed\n")
    return ["a.js", "lib/b.js"]


def split_index(git: Git) -> list[str]:
    git("update-index", "--split-index")
    git.write("a.js", "changed\n")
    return ["a.js"]


def racy(git: Git) -> list[str]:
    """Change a file without changing its size or, as far as a clock of seconds tells, its time."""
    before = git.write("a.js", "aaaa").stat()
    git("add", "a.js")
    git.write("a.js", "bbbb")
    os.utime(git.folder / "a.js", ns=(before.st_atime_ns, before.st_mtime_ns))
    return ["a.js"]


def detach(git: Git) -> list[str]:
    git("checkout", "--quiet", "--detach")
    return edit(git)


def conflict(git: Git) -> list[str]:
    git("checkout", "--quiet", "-b", "theirs")
    git.write("a.js", "theirs\n")
    (git.folder / "lib/b.js").unlink()
    git.write("added.js", "theirs\n")
    git.commit()
    git("checkout", "--quiet", "main")
    git.write("a.js", "ours\n")
    git.write("lib/b.js", "ours\n")
    git.write("added.js", "ours\n")
    git.commit()
    git("merge", "--quiet", "theirs", check=False)
    assert "U" in git("status", "--porcelain")
    return ["a.js", "lib/b.js", "added.js"]


def file_against_folder(git: Git) -> list[str]:
    """Leave the index as some merges do: their file has the name of our folder."""
    theirs = git("hash-object", "-w", "--stdin", stdin=b"a file there")
    git("update-index", "--index-info", stdin=f"100644 {theirs} 3\tlib\n".encode())
    git.write("lib/deep/c.js", "changed\n")
    assert "UA lib" in git("status", "--porcelain")
    return ["lib", "lib/b.js", "lib/deep/c.js"]


def empty_everything(git: Git) -> list[str]:
    for name in ("a.js", "lib/b.js", "lib/deep/c.js"):
        (git.folder / name).unlink()
    return ["a.js", "lib/b.js", "lib/deep/c.js"]


def touch(git: Git) -> list[str]:
    os.utime(git.folder / "a.js", (1, 1))
    return ["a.js"]


CHANGES: list[Change] = [
    edit,
    delete,
    delete_folder,
    rename,
    rename_by_hand,
    make_executable,
    ignore_modes,
    file_to_link,
    link_to_file,
    link_elsewhere,
    file_to_folder,
    file_to_tracked_folder,
    folder_to_file,
    folder_to_link,
    stage_new,
    stage_then_delete,
    stage_then_revert,
    untrack,
    intend_to_add,
    leave_untracked,
    odd_names,
    assume_unchanged,
    skip_worktree,
    sparse_checkout,
    split_index,
    racy,
    detach,
    conflict,
    file_against_folder,
    empty_everything,
    touch,
]


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
