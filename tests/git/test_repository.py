"""HEAD, revisions and objects, as vmgit sees them in repositories of every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import NotFoundError, UnavailableError, UsageError
from vmgit.git.repository import Head, Repository, Revision

Opened: TypeAlias = Callable[[Git], Repository]


def test_head_on_a_branch(repo: Git, opened: Opened) -> None:
    head = opened(repo).head()
    assert head == Head(repo("rev-parse", "HEAD"), "refs/heads/main", "none")
    assert not head.detached


def test_head_before_the_first_commit(git: Git, opened: Opened) -> None:
    git.init()
    repository = opened(git)
    assert repository.head() == Head(None, "refs/heads/main", "none")
    commit = git.commit()
    assert repository.head().commit == commit


def test_head_detached(repo: Git, opened: Opened) -> None:
    repo("checkout", "--quiet", "--detach")
    head = opened(repo).head()
    assert head == Head(repo("rev-parse", "HEAD"), None, "none")
    assert head.detached


def test_head_of_a_linked_worktree(repo: Git, opened: Opened) -> None:
    repo("worktree", "add", "--quiet", "-b", "side", "../linked")
    linked = repo.at(repo.folder.parent / "linked")
    linked.write("x", "1")
    commit = linked.commit()
    assert opened(linked).head() == Head(commit, "refs/heads/side", "none")
    assert opened(repo).head().ref == "refs/heads/main"


def diverge(repo: Git) -> None:
    repo("checkout", "--quiet", "-b", "theirs")
    repo.write("a.js", "theirs\n")
    repo.commit()
    repo("checkout", "--quiet", "main")
    repo.write("a.js", "ours\n")
    repo.commit()


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (("merge", "theirs"), "merge"),
        (("rebase", "theirs"), "rebase"),
        (("rebase", "--apply", "theirs"), "rebase"),
        (("cherry-pick", "theirs"), "cherry-pick"),
        (("revert", "--no-edit", "HEAD~1"), "revert"),
        (("bisect", "start"), "bisect"),
    ],
)
def test_operations_in_progress(
    repo: Git, opened: Opened, command: tuple[str, ...], state: str
) -> None:
    diverge(repo)
    if state == "revert":
        repo.write("a.js", "third\n")
        repo.commit()
    repo(*command, check=False)
    assert opened(repo).head().state == state


def test_resolve(repo: Git, opened: Opened) -> None:
    first = repo("rev-parse", "HEAD")
    repo("tag", "-a", "-m", "tag", "v1")
    repo.write("a.js", "2\n")
    repo.commit()
    repository = opened(repo)
    expected = Revision(first, repo("rev-parse", f"{first}^{{tree}}"))
    for name in (first, first[:8], "v1", "HEAD~1", "main^", "main@{1}", "v1^{commit}", ":/first"):
        assert repository.resolve(name) == expected
    assert repository.resolve("HEAD").commit == repo("rev-parse", "HEAD")


@pytest.mark.parametrize(
    "name", ["nope", "HEAD~9", "--all", "HEAD:a.js", "0" * 40, "", "a..b", "@{"]
)
def test_resolve_names_what_it_does_not_find(repo: Git, opened: Opened, name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        opened(repo).resolve(name)
    assert repr(name) in caught.value.message
    assert caught.value.kind == "unknown_revision"


def test_resolve_ambiguous(repo: Git, opened: Opened) -> None:
    with pytest.raises(UsageError, match="ambiguous or too short"):
        opened(repo).resolve(repo("rev-parse", "HEAD")[:2])


def test_resolve_in_a_shallow_clone(repo: Git, opened: Opened) -> None:
    repo.write("a.js", "2")
    repo.commit()
    repo("clone", "--quiet", "--depth=1", f"file://{repo.folder}", "../shallow")
    with pytest.raises(NotFoundError) as caught:
        opened(repo.at(repo.folder.parent / "shallow")).resolve("HEAD~1")
    assert "--unshallow" in caught.value.hints[0]


def test_objects_come_back(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    oid = repository.write_blob(b"\x00\xff")
    assert oid == repo("hash-object", "--stdin", stdin=b"\x00\xff")
    assert repository.read_blob(oid) == b"\x00\xff"
    assert repository.has(oid)
    tree = bytes.fromhex(repo("rev-parse", "HEAD^{tree}"))
    assert list(repository.read_tree(tree)) == [b"a.js", b"lib"]
    assert repository.commit_tree(repo("rev-parse", "HEAD")) == tree.hex()


def test_missing_objects_are_unavailable(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    gone = "1" * 40
    assert not repository.has(gone)
    with pytest.raises(UnavailableError, match=f"blob {gone}") as caught:
        repository.read_blob(gone)
    assert caught.value.exit_code == 8
    with pytest.raises(UnavailableError, match=f"tree {gone}"):
        repository.read_tree(bytes.fromhex(gone))
    with pytest.raises(UnavailableError, match=f"commit {gone}"):
        repository.commit_tree(gone)
    with pytest.raises(UnavailableError, match="is not a blob"):
        repository.read_blob(repo("rev-parse", "HEAD^{tree}"))


def test_damaged_objects_are_unavailable(repo: Git, opened: Opened) -> None:
    oid = repo("rev-parse", "HEAD:a.js")
    path = repo.folder / ".git/objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"")
    with pytest.raises(UnavailableError, match=oid):
        opened(repo).read_blob(oid)


def test_objects_that_other_processes_pack_are_still_found(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    oid = repo("rev-parse", "HEAD:lib/b.js")
    repo("gc", "--quiet", "--prune=now")
    assert repository.read_blob(oid) == b"2\n"
    repo.write("later.js", "later\n")
    repo.commit()
    repo("gc", "--quiet", "--prune=now")
    assert repository.read_blob(repo("rev-parse", "HEAD:later.js")) == b"later\n"
