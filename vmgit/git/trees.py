"""Reads and rewrites Git tree objects as plain bytes and dictionaries.

A snapshot changes a few entries of a few folders; doing that on the raw form costs microseconds
and needs no index. Knows the tree format and nothing of repositories: objects come and go through
the two functions it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000
FOLDER = 0o040000
SUBMODULE = 0o160000


class Entry(NamedTuple):
    """One line of a tree: the mode as Git writes it (100644, ...) and the object's raw id."""

    mode: int
    oid: bytes


#: A tree in memory, name (bytes) to entry, in the order of the object.
Tree: TypeAlias = dict[bytes, Entry]
#: Changes to a tree by path from its top: the new entry, or None to remove what is not a folder.
Edits: TypeAlias = Mapping[bytes, Entry | None]

_LINE = re.compile(rb"([0-7]+) ([^\0]+)\0(.{20})", re.DOTALL)


def parse_tree(data: bytes) -> Tree:
    """Return the entries of a raw tree object with SHA-1 ids."""
    return {name: Entry(int(mode, 8), oid) for mode, name, oid in _LINE.findall(data)}


def format_tree(tree: Tree) -> bytes:
    """Return the raw tree object of `tree`; its entries may stand in any order."""
    # Git sorts folders as if their names ended with a slash.
    ordered = sorted(
        tree.items(), key=lambda item: item[0] + b"/" if item[1].mode == FOLDER else item[0]
    )
    return b"".join(b"%o %s\0%s" % (entry.mode, name, entry.oid) for name, entry in ordered)


class _Folder:
    """The edits at and below one folder."""

    __slots__ = ("children", "leaves")

    def __init__(self) -> None:
        self.children: dict[bytes, _Folder] = {}
        self.leaves: dict[bytes, Entry | None] = {}


def edit_tree(
    base: bytes | None,
    edits: Edits,
    read: Callable[[bytes], Tree],
    write: Callable[[Tree], bytes],
) -> bytes | None:
    """Return the raw id of `base` with `edits` applied, or None when nothing is left.

    `base` None is the empty tree. Only folders on an edited path are read and written, deepest
    first; folders that become empty vanish, as they do in Git. `read` gets a raw id and must
    return a dictionary that nobody changes; `write` gets a tree and returns its raw id.
    """
    return _apply(base, _grow(edits.items()), read, write)


def _grow(edits: Iterable[tuple[bytes, Entry | None]]) -> _Folder:
    top = _Folder()
    for path, entry in edits:
        *folders, name = path.split(b"/")
        node = top
        for folder in folders:
            node = node.children.setdefault(folder, _Folder())
        node.leaves[name] = entry
    return top


def _apply(
    base: bytes | None,
    node: _Folder,
    read: Callable[[bytes], Tree],
    write: Callable[[Tree], bytes],
) -> bytes | None:
    before: Tree = read(base) if base is not None else {}
    after = dict(before)
    # Removals first: a file may have become a folder, or the reverse, in the same edit. A folder
    # stays: with a merge in progress its name can be that of an absent file as well.
    for name, entry in node.leaves.items():
        if entry is None and name in after and after[name].mode != FOLDER:
            del after[name]
    for name, child in node.children.items():
        old = after.get(name)
        subtree = old.oid if old is not None and old.mode == FOLDER else None
        oid = _apply(subtree, child, read, write)
        if oid is not None:
            after[name] = Entry(FOLDER, oid)
        elif subtree is not None:
            del after[name]
    for name, entry in node.leaves.items():
        if entry is not None:
            after[name] = entry
    if not after:
        return None
    return base if base is not None and after == before else write(after)
