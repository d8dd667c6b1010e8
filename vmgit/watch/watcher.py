"""Turns what the watching threads saw into messages about one worktree.

It knows which folders to watch (those that hold tracked files, and Git's own few), which backend
can watch them, and what to do when watches or folders go away. It reports hints and nothing else:
it must not know profiles, sessions or blob ids.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import Protocol

from vmgit.errors import VmgitError
from vmgit.watch.filesystem import silent_filesystem
from vmgit.watch.inotify import FolderEvents
from vmgit.watch.messages import (
    Degraded,
    GitChanged,
    Message,
    Paths,
    Recovered,
    Rescan,
    Started,
)
from vmgit.watch.observer import FolderObserver
from vmgit.watch.pending import Pending, Seen
from vmgit.watch.tracked import folders_of, list_tracked

#: Seconds between two checks that everything that is watched is still there.
CHECK = 1.0
#: The same while something is missing.
CHECK_MISSING = 0.1
#: Seconds after which the kernel is asked for events again when it had no more to give.
RETRY = 60.0

#: What is reported of the Git directory itself; branches come on top.
GIT_NAMES = frozenset(
    [
        "CHERRY_PICK_HEAD",
        "HEAD",
        "MERGE_HEAD",
        "REVERT_HEAD",
        "index",
        "index.lock",
        "rebase-apply",
        "rebase-merge",
    ]
)


class Backend(Protocol):
    """A way to watch folders; see `inotify.FolderEvents`."""

    mode: str

    def sync(self, wanted: frozenset[str]) -> set[str]: ...
    def holds(self, path: str) -> bool: ...
    def alive(self) -> bool: ...
    def close(self) -> None: ...


class Watcher:
    """Turns what the watching threads saw into messages."""

    def __init__(self, worktree: Path, git_dir: Path, common_dir: Path, mode: str) -> None:
        """All three are absolute and real; `mode` is `auto`, `events` or `polling`."""
        self._worktree = os.fspath(worktree)
        self._git_dir = os.fspath(git_dir)
        self._heads = os.path.join(common_dir, "refs", "heads")
        self._mode = self._wanted_mode = mode
        self._pending = Pending()
        self._backend: Backend | None = None
        self._tracked: frozenset[str] = frozenset()
        self._folders: frozenset[str] = frozenset()
        self._missing = False
        #: When to try events again (monotonic seconds), None while they are not wanting.
        self._retry_at: float | None = None
        #: What was said when polling took over, None before.
        self._slow: Degraded | None = None

    def start(self) -> list[Message]:
        """Set up the watches and return the first messages."""
        messages = self._rebuild()
        mode = self._backend.mode if self._backend else self._mode
        return [Started(mode), *messages]

    def wait(self) -> list[Message]:
        """Return what happened; may be empty, at the latest after a second."""
        seen = self._pending.take(CHECK_MISSING if self._missing else CHECK)
        if self._missing or self._backend is None or not self._backend.alive():
            return self._recover()
        if self._retry_at is not None and time.monotonic() > self._retry_at:
            messages = self._retry_events()
            if messages:
                return messages  # a rescan: what was seen is in it
        if seen is None:
            if self._backend.holds(self._worktree) and self._backend.holds(self._git_dir):
                return []
            seen = Seen(folders={self._worktree})  # moved away with a folder above it
        try:
            return self._report(seen)
        except OSError as error:
            return self._poll_instead(error)
        except VmgitError as error:
            return self._lose(error.message)

    def _report(self, seen: Seen) -> list[Message]:
        names = self._git_names(seen.paths)
        paths = self._relative(seen.paths)
        known = self._tracked
        if "index" in names or seen.rescan:
            self._list()
        changed: set[str] = set()
        if self._tracked is not known or seen.rescan or self._concerns(seen.folders):
            changed = self._sync()
        for vital in (self._worktree, self._git_dir):
            if not (self._backend and self._backend.holds(vital)):
                return self._lose(f"{vital} is gone")
            if vital in changed:
                seen.rescan = f"{vital} was replaced"
                self._list()
                self._sync()
        # Git's own files come last: that the lock is gone tells that the files are complete.
        last = [GitChanged(tuple(sorted(names)))] if names else []
        if seen.rescan:
            return [Rescan(seen.rescan), *last]
        relevant = (paths & self._tracked) | self._files_in(self._relative(changed))
        if self._tracked is not known:
            # A file that began or stopped being tracked has changed for whoever reads the index.
            relevant |= (paths & known) | (known ^ self._tracked)
        return [*([Paths(tuple(sorted(relevant)))] if relevant else []), *last]

    def _git_names(self, paths: set[str]) -> set[str]:
        names = set()
        for path in paths:
            folder, _, name = path.rpartition("/")
            if folder == self._git_dir and name in GIT_NAMES:
                names.add(name)
            elif path.startswith(f"{self._heads}/") and not name.endswith(".lock"):
                names.add(f"refs/heads{path[len(self._heads) :]}")
        return names

    def _relative(self, paths: set[str]) -> set[str]:
        start = f"{self._worktree}/"
        return {path[len(start) :] for path in paths if path.startswith(start)}

    def _files_in(self, folders: set[str]) -> set[str]:
        if not folders:
            return set()
        return {path for path in self._tracked if path.rpartition("/")[0] in folders}

    def _concerns(self, folders: set[str]) -> bool:
        """Return whether one of the absolute `folders` is, or should be, watched."""
        if not self._relative(folders).isdisjoint(self._folders):
            return True
        own = (self._worktree, self._git_dir)
        return any(path in own or path.startswith(self._heads) for path in folders)

    def _list(self) -> None:
        self._tracked = list_tracked(Path(self._worktree), Path(self._git_dir))
        self._folders = folders_of(self._tracked)

    def _sync(self) -> set[str]:
        assert self._backend is not None
        wanted = {os.path.join(self._worktree, folder).rstrip("/") for folder in self._folders}
        wanted |= {self._worktree, self._git_dir}
        wanted |= {folder for folder, _, _ in os.walk(self._heads)}
        return self._backend.sync(frozenset(wanted))

    def _rebuild(self) -> list[Message]:
        """Watch everything anew; raises nothing, a failure is a message."""
        self._drop_backend()
        self._missing = False
        try:
            self._list()
            self._backend = self._make_backend()
            self._sync()
            self._list()  # the index may have changed before it was watched
            self._sync()
        except OSError as error:
            return self._poll_instead(error)
        except VmgitError as error:
            return self._lose(error.message)
        return []

    def _drop_backend(self) -> None:
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def _make_backend(self) -> Backend:
        if self._mode == "polling":
            return FolderObserver(self._pending, "polling")
        if self._mode == "auto" and (kind := silent_filesystem(self._worktree)):
            raise OSError(errno.EOPNOTSUPP, f"{kind} does not report all changes")
        if sys.platform == "linux":
            return FolderEvents(self._pending)
        return FolderObserver(self._pending, "events")

    def _poll_instead(self, error: OSError) -> list[Message]:
        if self._mode == "polling":
            return self._lose(f"{self._worktree} cannot be watched: {error}")
        self._mode = "polling"
        messages = self._rebuild()
        if error.errno in (errno.ENOSPC, errno.EMFILE):
            self._retry_at = time.monotonic() + RETRY
        reason = f"no events from the kernel ({error.strerror or error})"
        self._slow = Degraded(f"{reason}: looking once a second instead")
        return [*messages, self._slow, Rescan("from events to polling")]

    def _retry_events(self) -> list[Message]:
        """Ask for events again, after the limit may have been raised or others have ended."""
        polling = self._backend
        self._retry_at = time.monotonic() + RETRY
        try:
            self._backend = FolderEvents(self._pending)
        except OSError:
            return []
        try:
            self._sync()
        except OSError:
            self._drop_backend()
            self._backend = polling
            return []
        if polling is not None:
            polling.close()
        self._mode, self._retry_at, self._slow = self._wanted_mode, None, None
        return [Rescan("from polling to events"), Recovered()]

    def _lose(self, reason: str) -> list[Message]:
        self._missing = True
        gone = [path for path in (self._worktree, self._git_dir) if not os.path.isdir(path)]
        return [Degraded(f"{gone[0]} is gone" if gone else reason)]

    def _recover(self) -> list[Message]:
        was_missing = self._missing
        messages = self._rebuild()
        if self._missing:
            return [] if was_missing else messages
        rescan = Rescan("the worktree came back" if was_missing else "a watching thread died")
        if was_missing:
            messages.append(Recovered())
            if self._slow is not None:
                messages.append(self._slow)
        return [*messages, rescan]
