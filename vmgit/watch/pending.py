"""Where a watching thread leaves what it saw, and the watcher's main loop takes it.

A set, not a queue: while the parent is too busy to read, memory is bounded by the number of
different paths, and beyond a limit the details are dropped for a rescan.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

#: More different paths than this are not listed one by one.
MOST_PATHS = 50_000


@dataclass
class Seen:
    """What was seen since the last look: absolute paths, and why nothing can be trusted."""

    paths: set[str] = field(default_factory=set)
    #: Folders that were created, deleted, moved or lost their watch.
    folders: set[str] = field(default_factory=set)
    rescan: str | None = None


class Pending:
    """Hands `Seen` from the watching threads to one taker."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._seen = Seen()
        self._any = False

    def path(self, path: str) -> None:
        """Note that the file at an absolute path changed."""
        with self._changed:
            self._seen.paths.add(path)
            if len(self._seen.paths) > MOST_PATHS:
                self._seen.paths.clear()
                self._seen.rescan = f"more than {MOST_PATHS} changes at once"
            self._wake()

    def folder(self, path: str) -> None:
        """Note that the folder at an absolute path came, went or was replaced."""
        with self._changed:
            self._seen.folders.add(path)
            self._wake()

    def lost(self, reason: str) -> None:
        """Note that events were lost."""
        with self._changed:
            self._seen.rescan = reason
            self._wake()

    def take(self, timeout: float) -> Seen | None:
        """Return what was seen, waiting up to `timeout` seconds; None when nothing came."""
        with self._changed:
            if not self._any:
                self._changed.wait_for(lambda: self._any, timeout)
            if not self._any:
                return None
            seen, self._seen, self._any = self._seen, Seen(), False
            return seen

    def _wake(self) -> None:
        self._any = True
        self._changed.notify()
