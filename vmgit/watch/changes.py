"""Answers at once whether anything in a worktree may have changed since it was asked last.

A server asks before every execution. The kernel queues an event before the call that caused it
returns, so an empty queue proves that the last snapshot is still true, for the price of one
system call; events that arrive by way of another process, as those of `vmgit watch` do, prove
nothing about this moment. Linux only; `open_changes` gives None where there is no such proof.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from vmgit.errors import VmgitError

from .filesystem import silent_filesystem
from .tracked import folders_of, list_tracked

#: Files of Git that decide what is tracked, and how a file becomes a blob.
_GIT_NAMES = ("HEAD", "config", "config.worktree", "index", "packed-refs", "sparse-checkout")
_GIT_FOLDERS = ("refs/heads", "info")


class Changes:
    """The changes of one worktree since the last `take`. Use it from one thread at a time."""

    def __init__(self, worktree: Path, git_dir: Path, common_dir: Path) -> None:
        """Raises `OSError` when the kernel has no watch left and `VmgitError` as Git does."""
        from inotify_simple import INotify

        self._worktree = os.fspath(worktree)
        self._git_dir = git_dir
        self._common_dir = common_dir
        self._inotify = INotify(nonblocking=True)
        self._places: dict[int, str] = {}
        self._watched: set[str] = set()
        #: Whether the watches may not be those that are wanted.
        self._stale = False
        try:
            self._sync()
        except BaseException:
            self._inotify.close()
            raise

    def take(self) -> set[str] | None:
        """Return the paths, relative to the worktree, that may have changed since the last call.

        None when anything may have; empty when nothing has.
        """
        paths: set[str] = set()
        known = listed = not self._stale
        for mask, path in self._events():
            from inotify_simple import flags

            if mask & flags.Q_OVERFLOW or mask & (
                flags.IGNORED | flags.DELETE_SELF | flags.MOVE_SELF | flags.ISDIR
            ):
                known = listed = False
            elif path.startswith(f"{self._worktree}/") and not self._is_git(path):
                paths.add(path[len(self._worktree) + 1 :])
            else:
                known = False
                listed = listed and not path.endswith("/index")
        if not listed:
            try:
                self._sync()
            except (OSError, VmgitError):
                # Anything may change unseen until the watches are there again.
                self._stale = True
                return None
            self._stale = False
        return paths if known else None

    def close(self) -> None:
        """Let go of the watches."""
        self._inotify.close()

    def _events(self) -> Iterator[tuple[int, str]]:
        """Yield mask and absolute path of what the kernel has queued, Git's noise left out."""
        for event in self._inotify.read(timeout=0):
            folder = self._places.get(event.wd, "")
            path = f"{folder}/{event.name}" if event.name else folder
            if self._is_git(path) and event.name and not self._matters(folder, event.name):
                continue
            yield event.mask, path

    def _is_git(self, path: str) -> bool:
        own = (os.fspath(self._git_dir), os.fspath(self._common_dir))
        return any(path == one or path.startswith(f"{one}/") for one in own)

    def _matters(self, folder: str, name: str) -> bool:
        if name.endswith(".lock"):
            return False
        tops = (os.fspath(self._git_dir), os.fspath(self._common_dir))
        return folder not in tops or name in _GIT_NAMES

    def _sync(self) -> None:
        """Watch every folder that holds tracked files, those above them, and Git's few."""
        tracked = list_tracked(Path(self._worktree), self._git_dir)
        folders = folders_of(tracked)
        wanted = {os.path.join(self._worktree, folder).rstrip("/") for folder in folders}
        wanted |= {os.fspath(self._git_dir), os.fspath(self._common_dir)}
        for name in _GIT_FOLDERS:
            wanted |= {folder for folder, _, _ in os.walk(self._common_dir / name)}
        # A folder that was replaced has a new number; asking again for one that was not is cheap.
        for path in sorted(wanted):
            self._watch(path)
        for path in self._watched - wanted:
            self._unwatch(path)
        self._watched &= wanted

    def _watch(self, path: str) -> None:
        from inotify_simple import flags

        mask = (
            flags.MODIFY
            | flags.ATTRIB
            | flags.CLOSE_WRITE
            | flags.CREATE
            | flags.DELETE
            | flags.MOVED_FROM
            | flags.MOVED_TO
            | flags.DELETE_SELF
            | flags.MOVE_SELF
            | flags.ONLYDIR
            | flags.DONT_FOLLOW
            | flags.EXCL_UNLINK
        )
        try:
            self._places[self._inotify.add_watch(path, mask)] = path
        except (FileNotFoundError, NotADirectoryError):
            return  # the folder above it is watched and tells when it comes
        self._watched.add(path)

    def _unwatch(self, path: str) -> None:
        for number in [number for number, place in self._places.items() if place == path]:
            del self._places[number]
            try:
                self._inotify.rm_watch(number)
            except OSError:
                continue  # it went with its folder


def _folder_events() -> int:
    """Return the events after which other folders may have to be watched."""
    from inotify_simple import flags

    return int(flags.DELETE_SELF | flags.MOVE_SELF | flags.ISDIR)


def open_changes(worktree: Path, git_dir: Path, common_dir: Path) -> Changes | None:
    """Return the changes of a worktree, or None where the kernel cannot vouch for them.

    That is everywhere but on Linux, on a filesystem that others write, with submodules (whose
    commits are elsewhere), and when no watch is left: then every question needs a whole look.
    """
    if sys.platform != "linux" or silent_filesystem(os.fspath(worktree)) is not None:
        return None
    if (worktree / ".gitmodules").exists() or (common_dir / "modules").exists():
        return None
    try:
        return Changes(worktree, git_dir, common_dir)
    except (OSError, VmgitError):
        return None
