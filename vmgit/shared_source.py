"""The files of a tree for several threads at once: one lock around a source that serves one."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .git.source import TreeSource


class SharedSource:
    """A `git.source.TreeSource` whose calls take turns under `lock`."""

    def __init__(self, source: TreeSource, lock: RLock) -> None:
        self.tree = source.tree
        self._source = source
        self._lock = lock
        self._known: dict[str, str | None] = {}

    def lookup(self, path: str) -> str | None:
        """See `TreeSource.lookup`; what was looked up before waits for nobody."""
        try:
            return self._known[path]
        except KeyError:
            with self._lock:
                found = self._known[path] = self._source.lookup(path)
            return found

    def blob(self, oid: str) -> bytes:
        """See `TreeSource.blob`."""
        with self._lock:
            return self._source.blob(oid)

    def read(self, path: str) -> bytes | None:
        """See `TreeSource.read`."""
        with self._lock:
            return self._source.read(path)

    def list(self, folder: str = "") -> list[str]:
        """See `TreeSource.list`."""
        with self._lock:
            return self._source.list(folder)
