"""The parent's side of the process that has a database open: starts it, asks it, ends it.

What it answers is decoded strictly, because a hostile database may have taken it over. It knows
no grants.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from .beneath import Beneath, Parts
from .patience import TICK, Patience

_BOOT = """\
import sys
sys.path.insert(0, sys.argv[1])
from vmgit.host.database_child import main
main(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6] == "write")
"""
#: Bytes of an answer: results as JSON, whose characters may take six bytes each.
_MOST_ANSWER = 32 * 1024 * 1024
#: Characters of what it says of an error.
_MOST_WORDS = 2000
_CODE = re.compile("[A-Z][A-Z0-9_]{0,63}")
_HEAD = 4
#: How much earlier than the parent the child stops by itself, s, and so keeps its database clean.
_MARGIN = 0.2

Cell = None | int | float | str | dict[str, str]
Row = tuple[Cell, ...]


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one statement did; `columns` and `rows` of RETURNING."""

    changes: Cell
    last: Cell
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What requests come to: rows of a query, or what statements did."""

    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    runs: tuple[Run, ...] = ()


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    result: Found | None = None
    error: tuple[str, str] | None = None


class Failed(Exception):
    """A request that failed: a code and words for JavaScript."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class DatabaseProcess:
    """One database, open in a process of its own."""

    def __init__(self, beneath: Beneath, parts: Parts, *, writable: bool) -> None:
        """Start the process. Raises `OSError` when there is no regular file at `parts`."""
        with beneath.entry(parts) as (folder, about):
            self._identity = (about.st_dev, about.st_ino)
            access = "write" if writable else "read"
            arguments = [str(folder), parts[-1], *map(str, self._identity), access]
            root = str(Path(__file__).resolve().parents[2])
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-s", "-P", "-c", _BOOT, root, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"TZ": "UTC", "LC_ALL": "C.UTF-8"},
                pass_fds=[folder],
                start_new_session=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin.fileno()
        self._answers = self._process.stdout.fileno()
        os.set_blocking(self._requests, False)
        os.set_blocking(self._answers, False)

    def is_of(self, beneath: Beneath, parts: Parts) -> bool:
        """Tell whether `parts` still name the file that is open. Raises `OSError`."""
        with beneath.entry(parts) as (_, about):
            same = (about.st_dev, about.st_ino) == self._identity
        return same and self._process.poll() is None

    def ask(self, request: dict[str, Any], patience: Patience) -> Found:
        """Have a request served. Raises `Failed`; the process may be gone then."""
        seconds = max(0.0, patience.left() - _MARGIN)
        body = msgspec.json.encode({**request, "seconds": seconds})
        try:
            self._send(len(body).to_bytes(_HEAD, "big") + body, patience)
            size = int.from_bytes(self._read(_HEAD, patience), "big")
            if size > _MOST_ANSWER:
                raise Failed("EIO", "the database's process answers too much")
            answer = msgspec.json.decode(self._read(size, patience), type=_Answer)
            # Its codes are not those of the host, such as `denied`.
            if answer.error is not None and _CODE.fullmatch(answer.error[0]) is None:
                raise OSError("not a code")
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            self.close()
            raise Failed("EIO", "the database's process broke down") from None
        except BaseException:
            self.close()
            raise
        if answer.error is not None:
            raise Failed(answer.error[0], answer.error[1][:_MOST_WORDS])
        return answer.result or Found()

    def close(self) -> None:
        """End the process; closing twice is fine."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, data: bytes, patience: Patience) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._requests, left) :]
            except BlockingIOError:
                _wait(self._requests, select.POLLOUT, patience)

    def _read(self, size: int, patience: Patience) -> bytes:
        found = bytearray()
        while len(found) < size:
            try:
                data = os.read(self._answers, size - len(found))
            except BlockingIOError:
                _wait(self._answers, select.POLLIN, patience)
                continue
            if not data:
                raise OSError("the process ended")
            found += data
        return bytes(found)


def _wait(descriptor: int, events: int, patience: Patience) -> None:
    """Wait until a pipe is ready. Raises `Failed` when the time is over."""
    poll = select.poll()
    poll.register(descriptor, events)
    while (left := patience.left()) > 0:
        if poll.poll(int(min(left, TICK) * 1000) + 1):
            return
    raise Failed("ETIMEDOUT", "the statement took too long")
