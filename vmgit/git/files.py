"""Reads one file of the worktree the way `git add` would, into bytes that cannot change any more.

A file is opened once, never through a link, and the bytes that were read are the ones hashed and
kept: what runs is what was recorded, whatever an editor does meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec

from vmgit.errors import EnvironmentFailure

from .trees import EXECUTABLE, FILE, LINK

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
#: These mean that Git would call the path deleted: nothing, or something else, is there.
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})


#: Modification time (ns), size and inode of a file; None while there is none.
Signature: TypeAlias = tuple[int, int, int] | None


class WorktreeFile(msgspec.Struct, frozen=True):
    """What stood at a path: its mode (regular, executable or link) and its bytes."""

    mode: int
    data: bytes


def index_signature(git_dir: Path) -> Signature:
    """Return what changes whenever Git writes the index of `git_dir`."""
    return file_signature(f"{git_dir}/index")


def file_signature(path: str | Path) -> Signature:
    """Return what changes when the file at `path` is replaced or written."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def read_file(worktree: Path, path: bytes) -> WorktreeFile | None:
    """Return the file or link at `path` (relative to `worktree`), or None.

    None stands for everything that Git would report as deleted: nothing there, a folder, a
    device, or a parent folder replaced by a link. Raises `EnvironmentFailure` when it cannot be
    read.
    """
    *folders, name = path.split(b"/")
    try:
        with _folder(worktree, folders) as parent:
            return _read_at(parent, name)
    except OSError as error:
        if error.errno in _ABSENT or error.errno == errno.ELOOP:
            return None
        shown = path.decode("utf-8", "replace")
        raise EnvironmentFailure(
            f"The tracked file {shown} cannot be read: {error.strerror}.",
            hints=[f"`ls -l {shown}` shows its permissions."],
            details={"path": shown},
            code="unreadable_file",
        ) from error


@contextmanager
def _folder(worktree: Path, folders: list[bytes]) -> Iterator[int]:
    """Open the folder that holds a path, refusing links on the way."""
    here = os.open(worktree, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            below = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _read_at(parent: int, name: bytes) -> WorktreeFile | None:
    try:
        # Without O_NONBLOCK a named pipe in place of the file would block for ever.
        descriptor = os.open(name, _FLAGS | os.O_NONBLOCK, dir_fd=parent)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return WorktreeFile(LINK, os.readlink(name, dir_fd=parent))
        if error.errno == errno.ENXIO:
            return None
        raise
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as stream:
        return WorktreeFile(EXECUTABLE if mode & stat.S_IXUSR else FILE, stream.read())
