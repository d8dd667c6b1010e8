"""Watches the wanted folders through one of watchdog's observers: polling, or the platform's own.

Polling is for where events cannot be had (limits, network disks); its listing is pruned to the
wanted folders, so that `node_modules` costs nothing here either. The platform's own observer serves
where there is no inotify. It must not know what the folders are for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from watchdog.events import (
    DirModifiedEvent,
    FileAttribEvent,
    FileClosedNoWriteEvent,
    FileOpenedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserverVFS

from vmgit.watch.pending import Pending

#: Seconds between two looks of the polling observer.
INTERVAL = 1.0

_NO_CHANGE = (DirModifiedEvent, FileAttribEvent, FileOpenedEvent, FileClosedNoWriteEvent)


class FolderObserver(FileSystemEventHandler):
    """Notes changes in the wanted folders in a `Pending`.

    `mode` is what `Started` reports: `events` or `polling`.
    """

    def __init__(self, pending: Pending, mode: str) -> None:
        self.mode = mode
        self._pending = pending
        self._wanted: frozenset[str] = frozenset()
        self._roots: set[str] = set()
        self._observer: BaseObserver
        if mode == "polling":
            self._observer = PollingObserverVFS(os.lstat, self._list, polling_interval=INTERVAL)
        else:
            self._observer = Observer()
        self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note one event of watchdog; called in its thread."""
        if isinstance(event, _NO_CHANGE):
            return
        for path in map(os.fsdecode, (event.src_path, event.dest_path)):
            if os.path.dirname(path) in self._wanted:
                self._pending.path(path)
            if event.is_directory and path:
                self._pending.folder(path)

    def sync(self, wanted: Iterable[str]) -> set[str]:
        """Watch the `wanted` absolute folders that exist; return those that are new."""
        before, self._wanted = self._wanted, frozenset(wanted)
        roots = {path for path in self._wanted if os.path.dirname(path) not in self._wanted}
        for path in sorted(roots - self._roots):
            if os.path.isdir(path):
                self._observer.schedule(self, path, recursive=True)
                self._roots.add(path)
        return set(self._wanted - before)

    def holds(self, path: str) -> bool:
        """Return whether a folder is watched."""
        return path in self._wanted and os.path.isdir(path)

    def alive(self) -> bool:
        """Return whether changes are still noticed: a root that goes away ends its thread."""
        emitters = list(self._observer.emitters)
        return self._observer.is_alive() and all(emitter.is_alive() for emitter in emitters)

    def close(self) -> None:
        """End the threads."""
        self._observer.stop()
        self._observer.join()

    def _list(self, path: str | None) -> Iterator[os.DirEntry[str]]:
        if path not in self._wanted:
            return iter(())
        with os.scandir(path) as entries:
            return iter(list(entries))
