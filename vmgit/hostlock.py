"""The host lock: who may run sessions of a repository right now.

An exclusive flock on `host.lock` in the state folder, so the kernel gives it back whatever way its
holder dies. The file's content only tells people who holds it; it decides nothing. It is empty
while nobody does, so that whoever only asks need not touch the lock.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BusyError, EnvironmentFailure

#: So long a turn is waited for in silence, seconds: most end sooner, and nobody wants to hear.
_TURN_S = 0.3
#: So long a lock is tried for that nobody wants to wait for, seconds: where its last holder died,
#: somebody who only asks holds it for a moment.
_MOMENT_S = 0.05


def holder(path: Path) -> str | None:
    """Return who holds the lock at `path` (`vmgit run, pid 123`), or None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if not _told(descriptor):
            return None
        # It says so, or it died. Trying takes the lock only in the second case.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(descriptor) or "another process"
    finally:
        os.close(descriptor)
    return None


@contextmanager
def hold(
    path: Path,
    who: str,
    *,
    wait: bool = True,
    on_wait: Callable[[str], None] | None = None,
    busy: str = "the sessions of this repository are in use",
) -> Iterator[None]:
    """Hold the lock for the length of the block; `who` is what others are told.

    With `wait`, queue behind the holder, telling `on_wait` who that is when it takes a moment;
    without, raise
    `BusyError`, whose message begins with `busy`. Raises `EnvironmentFailure` when the state
    folder cannot be written.
    """
    descriptor = _open(path)
    try:
        if not _taken(descriptor, _TURN_S if wait else _MOMENT_S):
            other = _told(descriptor) or "another process"
            if not wait:
                raise BusyError(f"{busy}, by {other}.", details={"holder": other})
            if on_wait is not None:
                on_wait(other)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _tell(descriptor, f"{who}, pid {os.getpid()}\n")
        try:
            yield
        finally:
            _tell(descriptor, "")
    finally:
        os.close(descriptor)


def _told(descriptor: int) -> str:
    return os.pread(descriptor, 256, 0).decode("utf-8", "replace").strip()


def _tell(descriptor: int, text: str) -> None:
    """Write who holds the lock, for people. Raises `EnvironmentFailure` on a full disk."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
    except OSError as error:
        raise EnvironmentFailure(
            f"the file of a lock cannot be written: {error.strerror}.",
            hints=["vmgit keeps it beside its log; the folder must be writable."],
        ) from error


def _taken(descriptor: int, patience_s: float) -> bool:
    """Try for a while to take the lock; return whether it was taken."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
        time.sleep(0.005)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EnvironmentFailure(
            f"{path} cannot be opened: {error.strerror}.",
            hints=["vmgit keeps its log there; the folder must be writable."],
        ) from error
