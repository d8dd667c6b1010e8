"""Reads objects through one long-lived `git cat-file --batch`.

For a process that only reads a few objects this is much less than loading libgit2. What the child
says is checked like anything else from outside: the framing, the kind, and that the content has the
id that was asked for. Knows no trees and no commits.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import subprocess
from pathlib import Path
from typing import NamedTuple, NoReturn

from .environment import start_git

#: Refs such as `refs/replace/*` must not make an id mean another object.
_ARGUMENTS = ("--no-replace-objects", "cat-file", "--batch")
_HEAD = re.compile(rb"([0-9a-f]{40}) (commit|tree|blob|tag) ([0-9]{1,18})\n")


class GitObject(NamedTuple):
    """An object: its id (40-hex), its kind (`blob`, `tree`, ...) and its content."""

    oid: str
    kind: str
    data: bytes


class BatchFailed(Exception):
    """The child ended or said what no honest one says; another reader may still do."""


class BatchReader:
    """One child, started at once; it ends with `close`, and by itself when this process does."""

    def __init__(self, worktree: Path) -> None:
        """Start it. Raises `EnvironmentFailure` without a `git`."""
        self._process = start_git(_ARGUMENTS, cwd=worktree, stderr=subprocess.DEVNULL, apart=True)

    def read(self, name: str) -> GitObject | None:
        """Return the object that `name` (an id, or `HEAD`) names, None when there is none.

        Raises `BatchFailed`, and then every time.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None or stdin.closed:
            raise BatchFailed("closed")
        try:
            stdin.write(f"{name}\n".encode("ascii"))
            stdin.flush()
            head = stdout.readline(256)
            if head == f"{name} missing\n".encode("ascii"):
                return None
            found = _HEAD.fullmatch(head)
            data = stdout.read(int(found[3]) + 1) if found else b""
        except OSError as error:
            self._fail(str(error))
        if found is None or data[-1:] != b"\n" or len(data) != int(found[3]) + 1:
            self._fail(f"an answer that is none: {head[:80]!r}")
        read = GitObject(found[1].decode(), found[2].decode(), data[:-1])
        if _oid(read) != read.oid or (name != "HEAD" and name != read.oid):
            self._fail(f"{name} is damaged")
        return read

    def close(self) -> None:
        """End the child; closing twice is fine."""
        with contextlib.suppress(OSError), self._process as process:
            process.kill()

    def _fail(self, why: str) -> NoReturn:
        self.close()
        raise BatchFailed(why)


def _oid(read: GitObject) -> str:
    head = f"{read.kind} {len(read.data)}\0".encode()
    return hashlib.sha1(head + read.data, usedforsecurity=False).hexdigest()
