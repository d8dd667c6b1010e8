"""The watcher process: watches one worktree and its Git directory, and reports on standard output.

A process of its own, because a watcher that shares Python's lock with running JavaScript loses
events. It reports hints and nothing else: it must not know profiles, sessions or blob ids. It ends
when its parent does.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from vmgit.errors import VmgitError
from vmgit.watch.inotify import FolderEvents
from vmgit.watch.messages import (
    Degraded,
    GitChanged,
    Message,
    Paths,
    Recovered,
    Rescan,
    Started,
    encode,
)
from vmgit.watch.observer import FolderObserver
from vmgit.watch.pending import Pending, Seen
from vmgit.watch.tracked import folders_of, list_tracked

#: Seconds between two checks that everything that is watched is still there.
CHECK = 1.0
#: The same while something is missing.
CHECK_MISSING = 0.1

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
        self._mode = mode
        self._pending = Pending()
        self._backend: Backend | None = None
        self._tracked: frozenset[str] = frozenset()
        self._folders: frozenset[str] = frozenset()
        self._missing = False

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
        if "index" in names:
            self._list()
        changed: set[str] = set()
        if self._tracked is not known or seen.rescan or self._concerns(seen.folders):
            changed = self._sync()
        for vital in (self._worktree, self._git_dir):
            if not (self._backend and self._backend.holds(vital)):
                return self._lose(f"{vital} is gone")
            if vital in changed:
                seen.rescan = f"{vital} was replaced"
        messages: list[Message] = []
        if names:
            messages.append(GitChanged(tuple(sorted(names))))
        if seen.rescan:
            return [*messages, Rescan(seen.rescan)]
        relevant = (paths & self._tracked) | self._files_in(self._relative(changed))
        if self._tracked is not known:
            # A file that began or stopped being tracked has changed for whoever reads the index.
            relevant |= (paths & known) | (known ^ self._tracked)
        if relevant:
            messages.append(Paths(tuple(sorted(relevant))))
        return messages

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
        if self._backend is not None:
            self._backend.close()
            self._backend = None
        self._missing = False
        try:
            self._list()
            if self._mode == "polling":
                self._backend = FolderObserver(self._pending, "polling")
            elif sys.platform == "linux":
                self._backend = FolderEvents(self._pending)
            else:
                self._backend = FolderObserver(self._pending, "events")
            self._sync()
        except OSError as error:
            return self._poll_instead(error)
        except VmgitError as error:
            return self._lose(error.message)
        return []

    def _poll_instead(self, error: OSError) -> list[Message]:
        if self._mode == "polling":
            return self._lose(f"{self._worktree} cannot be watched: {error}")
        self._mode = "polling"
        degraded = Degraded(f"no events from the kernel ({error}): looking once a second instead")
        return [*self._rebuild(), degraded, Rescan("from events to polling")]

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
        return [*messages, rescan, *([Recovered()] if was_missing else [])]


def _end_with_input() -> None:
    """End the process at the end of standard input, which only the parent holds open.

    Some other child of the parent may have inherited the pipe; so the main loop looks at the
    parent's id as well. (A death signal of the kernel would come when the *thread* that started
    this process ends.)
    """
    try:
        while os.read(0, 4096):
            continue
    finally:
        os._exit(0)


def main(arguments: list[str] | None = None) -> None:
    """Watch until the parent ends or closes the pipe."""
    parser = argparse.ArgumentParser(prog="vmgit.watch.child")
    for name in ("worktree", "git_dir", "common_dir"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--mode", choices=["auto", "events", "polling"], default="auto")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then closes us
    parent = os.getppid()
    threading.Thread(target=_end_with_input, daemon=True).start()
    watcher = Watcher(options.worktree, options.git_dir, options.common_dir, options.mode)
    messages = watcher.start()
    checked = time.monotonic()
    while True:
        _write(b"".join(encode(message) for message in messages))
        messages = watcher.wait()
        if time.monotonic() - checked > CHECK:
            checked = time.monotonic()
            if os.getppid() != parent:
                return


def _write(data: bytes) -> None:
    while data:
        try:
            data = data[os.write(1, data) :]
        except BrokenPipeError:
            os._exit(0)


if __name__ == "__main__":
    main()
