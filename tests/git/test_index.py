"""The index is read, never written, and its flags say where a path's content is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.git.files import index_signature
from vmgit.git.index import IndexEntry, IndexReader, IndexUnreadable
from vmgit.git.repository import Repository
from vmgit.git.trees import FILE, Entry

Opened: TypeAlias = Callable[[Git], Repository]


def entry(git: Git, name: str) -> Entry:
    return Entry(FILE, bytes.fromhex(git("rev-parse", name)))


def test_find(repo: Git, opened: Opened) -> None:
    reader = IndexReader(opened(repo))
    assert reader.find(b"lib/b.js") == IndexEntry(b"lib/b.js", entry(repo, "HEAD:lib/b.js"), False)
    assert reader.find(b"lib") is None
    assert reader.find(b"missing") is None


def test_flags(repo: Git, opened: Opened) -> None:
    repo("update-index", "--assume-unchanged", "a.js")
    repo("update-index", "--skip-worktree", "lib/b.js")
    repo.write("new.js", "x")
    repo("add", "--intent-to-add", "new.js")
    reader = IndexReader(opened(repo))
    assert reader.find(b"a.js") == IndexEntry(b"a.js", entry(repo, "HEAD:a.js"), True)
    assert reader.find(b"lib/b.js") == IndexEntry(b"lib/b.js", entry(repo, "HEAD:lib/b.js"), True)
    planned = reader.find(b"new.js")
    assert planned is not None
    assert not planned.frozen


def test_unmerged(repo: Git, opened: Opened) -> None:
    oid = repo("rev-parse", "HEAD:a.js")
    lines = f"0 {'0' * 40} 0\ta.js\n100644 {oid} 1\ta.js\n100644 {oid} 3\ta.js\n"
    repo("update-index", "--index-info", stdin=lines.encode())
    assert IndexReader(opened(repo)).find(b"a.js") == IndexEntry(b"a.js", None, False)


def test_has_below(repo: Git, opened: Opened) -> None:
    for name in ("lib-x/1", "lib.d/2", "lib0", "z/3", "Lib/4"):
        repo.write(name, "x")
    repo("add", ".")
    reader = IndexReader(opened(repo))
    for folder in (b"lib", b"lib/deep", b"lib-x", b"lib.d", b"z", b"Lib"):
        assert reader.has_below(folder)
    for folder in (b"li", b"a.js", b"lib0", b"y", b"zz", b"", b"lib/b.js"):
        assert not reader.has_below(folder)


def test_where_case_does_not_matter(repo: Git, opened: Opened) -> None:
    repo("config", "core.ignoreCase", "true")
    reader = IndexReader(opened(repo))
    found = reader.find(b"LIB/B.js")
    assert found is not None
    assert found.path == b"lib/b.js"
    assert reader.has_below(b"LIB/Deep")
    assert not reader.has_below(b"LIB/Dee")


def test_changes_are_noticed(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    reader = IndexReader(repository)
    assert reader.find(b"new.js") is None
    before = index_signature(repository.paths.git_dir)
    repo.write("new.js", "1\n")
    repo("add", "new.js")
    assert index_signature(repository.paths.git_dir) != before
    assert reader.find(b"new.js") == IndexEntry(b"new.js", entry(repo, ":new.js"), False)
    repo("reset", "--quiet", "--hard")
    assert reader.find(b"new.js") is None


def test_no_index(git: Git, opened: Opened) -> None:
    git.init()
    repository = opened(git)
    assert index_signature(repository.paths.git_dir) is None
    assert IndexReader(repository).find(b"a.js") is None


def test_the_index_of_a_linked_worktree(repo: Git, opened: Opened) -> None:
    repo("worktree", "add", "--quiet", "../linked")
    linked = repo.at(repo.folder.parent / "linked")
    linked.write("here.js", "1\n")
    linked("add", "here.js")
    assert IndexReader(opened(linked)).find(b"here.js") is not None
    assert IndexReader(opened(repo)).find(b"here.js") is None


def test_what_libgit2_cannot_read(repo: Git, opened: Opened) -> None:
    repo("update-index", "--split-index")
    with pytest.raises(IndexUnreadable, match="link"):
        IndexReader(opened(repo)).find(b"a.js")
