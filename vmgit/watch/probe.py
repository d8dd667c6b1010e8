"""Looks at the worktree and the Git directory for a batch: is somebody in the middle of something?

The batch itself is pure and is given these three answers as callables. Every look is one `stat`;
nothing is opened, because reading a watched file would itself be noticed.
"""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

#: A file that grew this recently is still being written, nanoseconds.
_FRESH_NS = 10_000_000


class Probe:
    """Answers the questions of `Batch` for one worktree."""

    def __init__(self, worktree: Path, git_dir: Path) -> None:
        """`git_dir` is the worktree's own one (in a linked worktree below the common one)."""
        self._worktree = os.fspath(worktree)
        self._lock = os.path.join(git_dir, "index.lock")
        self._sequences = [os.path.join(git_dir, name) for name in ("rebase-merge", "rebase-apply")]

    def lock_exists(self) -> bool:
        """Return whether a Git command holds the index, or one crashed while it did."""
        return os.path.lexists(self._lock)

    def rebasing(self) -> bool:
        """Return whether a rebase or `git am` is in progress, running or stopped at a conflict."""
        return any(os.path.isdir(path) for path in self._sequences)

    def is_incomplete(self, path: str) -> bool:
        """Return whether `path` (relative to the worktree) is missing, empty or being written.

        All three may be final: the caller waits a little and then takes it as it is. A time stamp
        in the future says nothing about writing.
        """
        try:
            status = os.lstat(os.path.join(self._worktree, path))
        except OSError:
            return True  # whatever the reason, there is no content to read
        if not stat.S_ISREG(status.st_mode):
            return False
        return status.st_size == 0 or 0 <= time.time_ns() - status.st_mtime_ns < _FRESH_NS
