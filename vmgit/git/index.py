"""Looks up single paths in the index, with the flags that decide where their content is.

The index is only read, never written. It serves the fast way of the snapshot, which knows what
may have changed and needs to know how Git sees those paths.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import pygit2
from pygit2.ffi import C, ffi

from .files import Signature, index_signature
from .repository import Repository
from .trees import Entry

# From git2/index.h: pygit2 hands out entries without their flags.
_ASSUME_UNCHANGED = 0x8000
_SKIP_WORKTREE = 1 << 14


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A tracked path: its entry, and whether the index rather than the worktree has its content.

    `path` is spelled as in the index, which may not be as asked where core.ignoreCase is set;
    `entry` is None for a path with conflicting versions.
    """

    path: bytes
    entry: Entry | None
    frozen: bool


class IndexUnreadable(Exception):
    """libgit2 cannot read this index (split, sparse or newer); only Git itself can."""


class IndexReader:
    """The index of one worktree, read again when its file changes."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._index: pygit2.Index | None = None
        self._seen: Signature = None

    def find(self, path: bytes) -> IndexEntry | None:
        """Return how the index has `path`, None when it is not tracked.

        Raises `IndexUnreadable`.
        """
        index = self._current()
        for stage in (0, 2, 3, 1):
            found = C.git_index_get_bypath(index._index, path, stage)
            if found == ffi.NULL:
                continue
            spelled = bytes(ffi.string(found.path))
            if stage:
                return IndexEntry(spelled, None, False)
            oid = bytes(ffi.buffer(ffi.addressof(found.id)))[:20]
            frozen = bool(found.flags & _ASSUME_UNCHANGED or found.flags_extended & _SKIP_WORKTREE)
            return IndexEntry(spelled, Entry(found.mode, oid), frozen)
        return None

    def has_below(self, folder: bytes) -> bool:
        """Tell whether any tracked path is inside `folder`. Raises `IndexUnreadable`."""
        prefix = folder + b"/"
        paths = _Paths(self._current())
        if self._repository.ignores_case:
            # libgit2 then sorts in an order that bytes do not have.
            return any(path.lower().startswith(prefix.lower()) for path in paths)
        # In the order of the index, the first path that is not before `prefix` tells.
        position = bisect_left(paths, prefix)
        return position < len(paths) and paths[position].startswith(prefix)

    def _current(self) -> pygit2.Index:
        now = index_signature(self._repository.paths.git_dir)
        if self._index is None or now != self._seen:
            try:
                self._index = self._repository.libgit2.index
                self._index.read(False)
            except (pygit2.GitError, OSError) as error:
                raise IndexUnreadable(str(error)) from error
            self._seen = now
        return self._index


class _Paths(Sequence[bytes]):
    """The paths of an index, without making objects of all its entries."""

    def __init__(self, index: pygit2.Index) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    @overload
    def __getitem__(self, position: int) -> bytes: ...
    @overload
    def __getitem__(self, position: slice) -> list[bytes]: ...
    def __getitem__(self, position: int | slice) -> bytes | list[bytes]:
        if isinstance(position, slice):
            return [self[number] for number in range(*position.indices(len(self)))]
        entry = C.git_index_get_byindex(self._index._index, position)
        if entry == ffi.NULL:
            raise IndexError(position)
        return bytes(ffi.string(entry.path))
