"""Trees are read, written and edited exactly as Git would."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from realgit import Git

from vmgit.git.repository import Repository
from vmgit.git.trees import (
    EXECUTABLE,
    FILE,
    FOLDER,
    Entry,
    Tree,
    edit_tree,
    format_tree,
    parse_tree,
)

Opened: TypeAlias = Callable[[Git], Repository]
Model: TypeAlias = dict[bytes, Entry]


def test_the_order_is_that_of_git(repo: Git) -> None:
    names = ["a", "a.b", "a-b", "b", "b0", "B", "z\n", "é"]
    tree: Tree = {}
    blob = bytes.fromhex(repo("rev-parse", "HEAD:a.js"))
    folder = bytes.fromhex(repo("rev-parse", "HEAD:lib"))
    for number, name in enumerate(names):
        entry = Entry(FOLDER, folder) if number % 3 == 0 else Entry(FILE, blob)
        tree[name.encode()] = entry
    raw = format_tree(tree)
    oid = repo("hash-object", "-w", "-t", "tree", "--stdin", stdin=raw)
    repo("fsck", "--strict", oid)
    assert parse_tree(raw) == tree
    assert repo.raw("cat-file", "tree", oid) == raw


def test_ids_that_hold_separators_do_not_confuse(repo: Git) -> None:
    tree = {b"x": Entry(EXECUTABLE, b"\0" * 20), b"y": Entry(FILE, b"100644 y\0" + b"\n" * 11)}
    assert parse_tree(format_tree(tree)) == tree


class Memory:
    """An object store in memory."""

    def __init__(self) -> None:
        self.trees: dict[bytes, Tree] = {}

    def read(self, oid: bytes) -> Tree:
        return self.trees[oid]

    def write(self, tree: Tree) -> bytes:
        raw = format_tree(tree)
        oid = hashlib.sha1(b"tree %d\0" % len(raw) + raw).digest()
        self.trees[oid] = parse_tree(raw)
        return oid

    def flatten(self, oid: bytes | None, prefix: bytes = b"") -> Model:
        if oid is None:
            return {}
        found: Model = {}
        for name, entry in self.read(oid).items():
            if entry.mode == FOLDER:
                found |= self.flatten(entry.oid, prefix + name + b"/")
            else:
                found[prefix + name] = entry
        return found


_PATHS = st.lists(st.sampled_from([b"a", b"b", b"c.d"]), min_size=1, max_size=3).map(b"/".join)
_ENTRIES = st.builds(
    Entry, st.sampled_from([FILE, EXECUTABLE]), st.binary(min_size=20, max_size=20)
)
_EDITS = st.dictionaries(_PATHS, st.none() | _ENTRIES, max_size=6)


def conflicting(model: Model, path: bytes) -> list[bytes]:
    """Paths that cannot be in a tree together with `path`."""
    return [
        other for other in model if other.startswith(path + b"/") or path.startswith(other + b"/")
    ]


@given(st.lists(_EDITS, max_size=4))
def test_edits_do_what_a_flat_listing_would(rounds: list[dict[bytes, Entry | None]]) -> None:
    memory = Memory()
    oid: bytes | None = None
    model: Model = {}
    for edits in rounds:
        # Git never asks for two paths of which one would be the other's folder.
        wanted: dict[bytes, Entry | None] = {}
        for path, entry in edits.items():
            if entry is None or not conflicting({p: e for p, e in wanted.items() if e}, path):
                wanted[path] = entry
        for path, entry in wanted.items():
            if entry is not None:
                wanted = dict.fromkeys(conflicting(model, path), None) | wanted
        for path in wanted:
            model.pop(path, None)
        model |= {path: entry for path, entry in wanted.items() if entry is not None}
        oid = edit_tree(oid, wanted, memory.read, memory.write)
        assert memory.flatten(oid) == model
        for tree in memory.trees.values():
            assert tree, "an empty folder was written"


def test_nothing_is_written_when_nothing_changes(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    base = bytes.fromhex(repo("rev-parse", "HEAD^{tree}"))
    blob = bytes.fromhex(repo("rev-parse", "HEAD:lib/b.js"))

    def refuse(tree: Tree) -> bytes:
        pytest.fail(f"wrote {tree}")

    edits = {b"lib/b.js": Entry(FILE, blob), b"lib/none": None, b"no/such/folder": None}
    assert edit_tree(base, edits, repository.read_tree, refuse) == base


def test_only_folders_on_the_way_are_read(repo: Git, opened: Opened) -> None:
    repo.write("other/x.js", "1")
    repo.commit()
    repository = opened(repo)
    read: list[bytes] = []

    def watch(oid: bytes) -> Tree:
        read.append(oid)
        return repository.read_tree(oid)

    base = bytes.fromhex(repo("rev-parse", "HEAD^{tree}"))
    edit_tree(base, {b"lib/deep/c.js": None}, watch, repository.write_tree)
    assert read == [
        bytes.fromhex(repo("rev-parse", name)) for name in ("HEAD:", "HEAD:lib", "HEAD:lib/deep")
    ]
