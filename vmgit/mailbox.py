"""A mailbox of the process that holds the host lock: others leave lines, it takes them at once.

A FIFO in the state folder, made by the holder and gone with its turn. What a dead holder left is
replaced by the next one, and nothing that was written to it is ever read. It is no channel of
trust: whoever may write to the folder may write anything. What a line means is not known here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: A line is no longer, bytes; the system writes that much whole or not at all (POSIX PIPE_BUF).
MOST = 512


@contextmanager
def listening(path: Path, take: Callable[[str], None]) -> Iterator[bool]:
    """Call `take` with each line that is posted to `path`, from another thread, during the block.

    Gives whether there is a mailbox: some filesystems have no FIFOs, and work goes on without.
    Whoever calls this holds the lock that says that nobody else does.
    """
    descriptor = _make(path)
    if descriptor is None:
        yield False
        return
    reader = _Reader(descriptor, take)
    reader.start()
    try:
        yield True
    finally:
        # Nobody can post to it from here on.
        with contextlib.suppress(OSError):
            path.unlink()
        reader.stop()
        os.close(descriptor)


def post(path: Path, line: str) -> bool:
    """Leave a line for the holder; return False when nobody listens or its mailbox is full.

    Raises `ValueError` for what is not one short line.
    """
    data = line.encode() + b"\n"
    if len(data) > MOST or "\n" in line:
        raise ValueError(f"not one line of less than {MOST} bytes: {line!r}")
    try:
        # Without a reader it fails instead of waiting for one.
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.write(descriptor, data) > 0
    except (BlockingIOError, BrokenPipeError):
        return False
    finally:
        os.close(descriptor)


class _Reader(threading.Thread):
    """Reads lines until it is stopped; a daemon, so that no program waits for it at its end."""

    def __init__(self, descriptor: int, take: Callable[[str], None]) -> None:
        super().__init__(name="vmgit-mailbox", daemon=True)
        self._descriptor = descriptor
        self._take = take
        self._stopped = False

    def run(self) -> None:
        """Take lines; what is no text, or no line, is dropped."""
        rest = b""
        while not self._stopped:
            *lines, rest = (rest + os.read(self._descriptor, 8 * MOST)).split(b"\n")
            rest = rest[:MOST]
            for line in lines:
                with contextlib.suppress(UnicodeDecodeError):
                    if text := line.decode("ascii"):
                        self._take(text)

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped = True
        # Whatever it reads next, it looks whether it is to stop; a full pipe gives it enough.
        os.set_blocking(self._descriptor, False)
        with contextlib.suppress(BlockingIOError):
            os.write(self._descriptor, b"\n")
        self.join()


def _make(path: Path) -> int | None:
    """Return a new FIFO, opened, or None where there can be none."""
    try:
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        # For both directions, which never waits, and never is at its end.
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        return None
