"""Looks up single paths in the index, with the flags that decide where their content is.

The index is only read, never written. It serves the fast way of the snapshot, which knows what
may have changed and needs to know how Git sees those paths.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.ffi import C, ffi

from .files import Signature, file_signature
from .repository import Repository
from .trees import Entry

# From git2/index.h: pygit2 hands out entries without their flags.
_ASSUME_UNCHANGED = 0x8000
_SKIP_WORKTREE = 1 << 14


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A tracked path: its entry, and whether the index rather than the worktree has its content.

    `entry` is None for a path with conflicting versions.
    """

    entry: Entry | None
    frozen: bool


class IndexUnreadable(Exception):
    """libgit2 cannot read this index (split, sparse or newer); only Git itself can."""


def index_signature(git_dir: Path) -> Signature:
    """Return what changes whenever Git writes the index of `git_dir`."""
    return file_signature(f"{git_dir}/index")


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
            if stage:
                return IndexEntry(None, False)
            oid = bytes(ffi.buffer(ffi.addressof(found.id)))[:20]
            frozen = bool(found.flags & _ASSUME_UNCHANGED or found.flags_extended & _SKIP_WORKTREE)
            return IndexEntry(Entry(found.mode, oid), frozen)
        return None

    def has_below(self, folder: bytes) -> bool:
        """Tell whether any tracked path is inside `folder`. Raises `IndexUnreadable`."""
        prefix = folder + b"/"
        return any(os.fsencode(entry.path).startswith(prefix) for entry in self._current())

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
