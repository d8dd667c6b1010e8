"""Decides when a burst of changes is over, so that it is acted on once and complete.

Pure: time comes in as an argument and the worktree is asked through three callables, so every rule
can be tested with a script. It must not know who watches or what is done with a batch.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from vmgit.watch.messages import GitChanged, Message, Paths, Rescan

#: Between two looks at what may end without an event: a lock, a file being written.
LOOK_MS = 10


class Ready(msgspec.Struct, frozen=True):
    """A batch that is due.

    `paths` are the tracked files that may have changed, None when all may have; `git` says that
    HEAD, the index or a branch may have moved as well.
    """

    paths: frozenset[str] | None
    git: bool


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long a batch waits for more, all in milliseconds."""

    #: Silence after the last event.
    debounce_ms: int = 20
    #: Silence when Git's own files changed: one command may write the index more than once.
    git_quiet_ms: int = 60
    #: Silence when only they did: a stash writes the index, then thinks, then writes the files.
    git_only_quiet_ms: int = 150
    #: Silence while a rebase is in progress, which pauses between its commits.
    rebase_quiet_ms: int = 150
    #: A batch is due this long after its first event even if events never stop.
    max_wait_ms: int = 1_000
    #: The same while a rebase is in progress.
    rebase_max_wait_ms: int = 5_000
    #: How long `index.lock` is believed while nothing happens; after that a crashed Git left it.
    lock_max_wait_ms: int = 5_000
    #: The same even if files keep changing: a huge checkout, or somebody at work beside a lock.
    lock_longest_wait_ms: int = 30_000
    #: How long the events of a lock that is gone may be under way.
    release_wait_ms: int = 500
    #: How long a missing or empty file may be an editor between two steps of saving.
    grace_ms: int = 100


def _never() -> bool:
    return False


def _complete(path: str) -> bool:
    return False


class Batch:
    """Collects messages until they are ready.

    - `lock_exists()` says whether `index.lock` is there: Git writes all files of a checkout, stash,
      reset or merge under it.
    - `rebasing()` says whether a rebase or `git am` is in progress.
    - `is_incomplete(path)` says whether a file is missing, empty or still being written.
    """

    def __init__(
        self,
        *,
        pace: Pace | None = None,
        lock_exists: Callable[[], bool] = _never,
        rebasing: Callable[[], bool] = _never,
        is_incomplete: Callable[[str], bool] = _complete,
    ) -> None:
        self._pace = pace or Pace()
        self._lock_exists = lock_exists
        self._rebasing = rebasing
        self._is_incomplete = is_incomplete
        #: Since when the lock is held; survives a batch, so that a stale lock is waited for once.
        self._locked_us: int | None = None
        self._stale = False
        self._clear()

    def _clear(self) -> None:
        self._first_us: int | None = None
        self._last_us = 0
        self._released_us: int | None = None
        self._paths: set[str] = set()
        self._everything = False
        self._git = False
        self._git_active = False
        self._unchecked: set[str] = set()
        self._grace_us: dict[str, int] = {}

    def add(self, message: Message, now_us: int) -> bool:
        """Take one message in at `now_us` (any monotonic clock); return whether it is a change."""
        match message:
            case Paths(paths=paths):
                self._paths.update(paths)
                self._unchecked.update(paths)
            case GitChanged(names=names):
                if "index.lock" in names:
                    self._locked_us = self._released_us = None
                    self._stale = False
                if self._first_us is None and names == ("index.lock",):
                    return False  # taken and given back: nothing moved, as in `git status`
                self._git_active = True
                self._git = self._git or names != ("index.lock",)
            case Rescan():
                self._everything = True
            case _:
                return False
        if self._first_us is None:
            self._first_us = now_us
        self._last_us = now_us
        return True

    def due(self, now_us: int) -> Ready | None:
        """Return the batch and start a new one if it is complete at `now_us`, else None."""
        until = self._until_us(now_us)
        if until is None or until > now_us:
            return None
        ready = Ready(None if self._everything else frozenset(self._paths), self._git)
        self._clear()
        return ready

    def wait_ms(self, now_us: int) -> int | None:
        """Return after how many milliseconds to ask `due` again, None when nothing is pending.

        Never more than is needed, but a message that comes earlier may change the answer.
        """
        until = self._until_us(now_us)
        return None if until is None else max(0, -((now_us - until) // 1000))

    def _until_us(self, now_us: int) -> int | None:
        """Return when to look again; not after `now_us` means that the batch is due."""
        if self._first_us is None:
            return None
        pace = self._pace
        quiet, longest = pace.debounce_ms, pace.max_wait_ms
        if self._rebasing():
            quiet, longest = pace.rebase_quiet_ms, pace.rebase_max_wait_ms
        elif self._git_active:
            quiet = pace.git_quiet_ms if self._any_files() else pace.git_only_quiet_ms
        settled_us = max(self._last_us + quiet * 1000, self._files_us(now_us))
        return max(min(settled_us, self._first_us + longest * 1000), self._lock_us(now_us))

    def _any_files(self) -> bool:
        return self._everything or bool(self._paths)

    def _lock_us(self, now_us: int) -> int:
        pace = self._pace
        if self._lock_exists():
            if self._locked_us is None:
                self._locked_us = now_us
            idle_us = max(self._locked_us, self._last_us) + pace.lock_max_wait_ms * 1000
            until_us = min(idle_us, self._locked_us + pace.lock_longest_wait_ms * 1000)
            self._stale = self._stale or until_us <= now_us
            return 0 if self._stale else min(now_us + LOOK_MS * 1000, until_us)
        if self._locked_us is not None:
            if not self._stale:
                self._released_us = now_us  # its events still belong to this batch
            self._locked_us, self._stale = None, False
        if self._released_us is None:
            return 0
        return self._released_us + pace.release_wait_ms * 1000

    def _files_us(self, now_us: int) -> int:
        """Return until when files that are missing or half written are waited for."""
        for path in self._unchecked | self._grace_us.keys():
            if self._is_incomplete(path):
                self._grace_us.setdefault(path, now_us + self._pace.grace_ms * 1000)
            else:
                self._grace_us.pop(path, None)
        self._unchecked.clear()
        if not self._grace_us:
            return 0
        return min(max(self._grace_us.values()), now_us + LOOK_MS * 1000)
