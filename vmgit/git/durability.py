"""Brings freshly written objects to disk, all at once, before an event may name them.

libgit2 leaves objects in the page cache unless told to flush each file and its folder while
writing, which costs twice as much as flushing the lot at the end (docs/git.md has the figures).
Objects that were there already are flushed too: Git itself does not flush loose objects either.
"""

from __future__ import annotations

import os
from pathlib import Path


class PendingObjects:
    """Ids of loose objects in the `objects` folder that may not be on disk yet."""

    def __init__(self, objects: Path) -> None:
        self._objects = str(objects)
        self._pending: set[str] = set()

    def add(self, oid: str) -> None:
        """Remember that `oid` must be on disk before something names it."""
        self._pending.add(oid)

    def flush(self) -> None:
        """Return once every remembered object is on disk. Raises `OSError` when the disk fails."""
        opened: list[int] = []
        try:
            for oid in self._pending:
                try:
                    path = f"{self._objects}/{oid[:2]}/{oid[2:]}"
                    opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
                except FileNotFoundError:
                    # In a pack, which Git flushes, or in the store of another repository.
                    continue
                _start_writing(opened[-1])
            for descriptor in opened:
                os.fsync(descriptor)
        finally:
            for descriptor in opened:
                os.close(descriptor)
        self._pending.clear()


def _start_writing(descriptor: int) -> None:
    """Let the kernel begin to write, so that the flushes that follow wait for one another less."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
