"""Brings freshly written objects to disk before an event may name them.

libgit2 leaves objects in the page cache unless told to flush each file and its folder while
writing, one wait after the other. Here threads flush each object while the next is being written,
so that the disk is waited for about once (docs/git.md has the figures). Objects that were there
already are flushed too: Git itself does not flush loose objects either.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_THREADS = 4


class PendingObjects:
    """Loose objects in the `objects` folder that may not be on disk yet. Used by one thread."""

    def __init__(self, objects: Path) -> None:
        self._objects = str(objects)
        self._pending: dict[str, Future[None]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def add(self, oid: str) -> None:
        """Begin to flush the object `oid`, which has been written."""
        if oid not in self._pending:
            if self._pool is None:
                # Slow to load, and a clean worktree writes nothing.
                from concurrent.futures import ThreadPoolExecutor

                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="vmgit-flush")
            path = f"{self._objects}/{oid[:2]}/{oid[2:]}"
            self._pending[oid] = self._pool.submit(_flush_if_there, path)

    def flush(self) -> None:
        """Return once every added object is on disk.

        Raises `OSError` when the disk fails, and then every time: after a failed flush the kernel
        may call the lost pages clean, so trying again would only seem to succeed.
        """
        for flushing in self._pending.values():
            flushing.result()
        self._pending.clear()

    def close(self) -> None:
        """Wait for what is being flushed and end the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def flush_file(path: str | Path) -> None:
    """Return once the file, or the names in the folder, at `path` are on disk.

    Raises `OSError`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_if_there(path: str) -> None:
    try:
        flush_file(path)
    except FileNotFoundError:
        # In a pack, which Git flushes, or in the store of another repository.
        return
