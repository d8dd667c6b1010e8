"""Brings freshly written objects to disk, all at once, before an event may name them.

libgit2 leaves objects in the page cache unless told to flush each file and its folder while
writing, one wait after the other. Flushing the lot at the end, in parallel, makes the disk wait
about once (docs/git.md has the figures). Objects that were there already are flushed too: Git
itself does not flush loose objects either.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_THREADS = 4
#: Files open at one time; a process may have as few as 256.
_BATCH = 32


class PendingObjects:
    """Ids of loose objects in the `objects` folder that may not be on disk yet."""

    def __init__(self, objects: Path) -> None:
        self._objects = str(objects)
        self._pending: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None

    def add(self, oid: str) -> None:
        """Remember that `oid` must be on disk before something names it."""
        self._pending.add(oid)

    def flush(self) -> None:
        """Return once every remembered object is on disk. Raises `OSError` when the disk fails."""
        oids = list(self._pending)
        for start in range(0, len(oids), _BATCH):
            self._flush_batch(oids[start : start + _BATCH])
        self._pending.clear()

    def close(self) -> None:
        """End the threads that flush; what is pending stays so."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _flush_batch(self, oids: Sequence[str]) -> None:
        opened: list[int] = []
        try:
            for oid in oids:
                try:
                    path = f"{self._objects}/{oid[:2]}/{oid[2:]}"
                    opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
                except FileNotFoundError:
                    # In a pack, which Git flushes, or in the store of another repository.
                    continue
                _start_writing(opened[-1])
            if len(opened) == 1:
                os.fsync(opened[0])
            elif opened:
                for _ in self._threads().map(os.fsync, opened):
                    pass
        finally:
            for descriptor in opened:
                os.close(descriptor)

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="vmgit-flush")
        return self._pool


def _start_writing(descriptor: int) -> None:
    """Let the kernel begin to write, so that the flush that follows waits less."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
