"""Watches a set of folders through the kernel's inotify, by way of watchdog.

watchdog's recursive observer is not used here: it would watch every folder of the worktree, it
passes over a descendant that it may not watch (the limit!) without a word, and it holds an
unmatched move back for half a second. Its inotify thread is used directly, one watch per folder.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from vmgit.watch.pending import Pending

# Not IN_MODIFY: a file counts when its writer closes it. Not IN_OPEN, IN_CLOSE_NOWRITE: reading a
# file is no change. IN_CREATE is needed for folders, links and symbolic links.
_MASK = Mask(
    InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_DONT_FOLLOW
    | InotifyConstants.IN_EXCL_UNLINK
)
_SELF = InotifyConstants.IN_DELETE_SELF | InotifyConstants.IN_MOVE_SELF

Identity = tuple[int, int]


class _Folder:
    """One watched folder: watchdog's callback for its events."""

    def __init__(self, path: str, pending: Pending) -> None:
        self.path = path
        self.identity: Identity = (0, 0)
        self.descriptor = WatchDescriptor(-1)
        self.alive = True
        self._pending = pending

    def on_event(self, event: InotifyEvent) -> None:
        if event.mask & _SELF:
            self._pending.folder(self.path)
            return
        path = f"{self.path}/{os.fsdecode(event.name)}"
        if event.mask & InotifyConstants.IN_ISDIR:
            self._pending.folder(path)
        elif path.endswith("/index.lock"):
            if not (event.is_delete or event.is_moved_from):
                return  # only its end is news: all that was written under it came before
        elif event.is_create and _will_be_closed(path):
            return
        self._pending.path(path)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        self.alive = False
        self._pending.folder(self.path)

    def on_queue_overflow(self) -> None:
        self._pending.lost("the kernel's event queue overflowed")


class FolderEvents:
    """Keeps one inotify watch on each wanted folder and notes events in a `Pending`."""

    mode = "events"

    def __init__(self, pending: Pending) -> None:
        """Raise `OSError` (EMFILE) when the user has no inotify instance left."""
        self._pending = pending
        self._held: dict[str, _Folder] = {}
        self._inotify = InotifyFD()
        self._inotify.start()

    def sync(self, wanted: Iterable[str]) -> set[str]:
        """Make the watches equal to the `wanted` absolute folders that exist.

        Returns the wanted folders whose watch is new or gone: their content has to be looked at.
        Raises `OSError` (ENOSPC) when the kernel has no watch left.
        """
        ordered = sorted(wanted)  # a folder before those in it: nothing slips in between
        changed = self._drop_stale(frozenset(ordered))
        for path in ordered:
            if path not in self._held and self._watch(path):
                changed.add(path)
        return changed

    def holds(self, path: str) -> bool:
        """Return whether the folder that is at `path` now is watched."""
        folder = self._held.get(path)
        return folder is not None and folder.alive and folder.identity == _identity(path)

    def alive(self) -> bool:
        """Return whether events still arrive."""
        return self._inotify.is_alive()

    def close(self) -> None:
        """Drop all watches and end the thread."""
        self._inotify.stop()
        self._inotify.join()

    def _drop_stale(self, wanted: frozenset[str]) -> set[str]:
        changed = set()
        for path, folder in list(self._held.items()):
            # The number of a deleted folder is soon used again, so both are needed.
            if folder.alive and path in wanted and _identity(path) == folder.identity:
                continue
            del self._held[path]
            if folder.alive:
                self._inotify.remove_callbacks([(folder.descriptor, _id(folder))])
            if path in wanted:
                changed.add(path)
        return changed

    def _watch(self, path: str) -> bool:
        """Watch one folder; return False when there is none."""
        folder = _Folder(path, self._pending)
        try:
            descriptor = self._inotify.add_callback(os.fsencode(path), _MASK, folder, _id(folder))
        except (FileNotFoundError, NotADirectoryError):
            return False
        if descriptor < 0:  # watchdog's way to say: no permission
            raise PermissionError(errno.EACCES, f"no permission to watch {path}")
        identity = _identity(path)
        folder.descriptor = descriptor
        folder.identity = identity or (0, 0)  # gone again: its own event is under way
        self._held[path] = folder
        return True


def _id(folder: _Folder) -> CallbackId:
    return CallbackId(id(folder))


def _identity(path: str) -> Identity | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _will_be_closed(path: str) -> bool:
    """Return whether a created entry is a file that its writer has yet to close.

    A second link to a file that exists gets no such event, nor do symbolic links and devices.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return True  # gone again; that has an event of its own
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1
