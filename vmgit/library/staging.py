"""Replaces `vendor/` as a whole, so that a kill at any moment leaves the old one or the new one.

The new folder is made beside the old one, kept files as hard links, and the two are exchanged by
one rename where the system can do that (Linux, macOS); else by two, and what a kill between them
leaves is put back by whoever comes next. It knows paths, not packages.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

from vmgit.errors import EnvironmentFailure, RefusedError

STAGING = ".vmgit-staging"
#: Git shall not see the folder, should a kill leave it; it also tells that the folder is ours.
_MARK_NAME, _MARK = ".gitignore", b"# Made by vmgit; it may be deleted.\n*\n"
_EXCHANGE = 2


class Staging:
    """The folder in which the next `vendor/` of a workspace folder is made.

    Use it as a context manager, one at a time; what an earlier one left is put in order first.
    `exchange` false does as on systems without such a rename.
    """

    def __init__(self, root: Path, *, exchange: bool = True) -> None:
        self.vendor = root / "vendor"
        self.folder = root / STAGING
        self.next = self.folder / "vendor"
        self._previous = self.folder / "previous"
        self._exchange = exchange

    def __enter__(self) -> Staging:
        recover(self.vendor.parent)
        self.folder.mkdir()
        (self.folder / _MARK_NAME).write_bytes(_MARK)
        self.next.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        recover(self.vendor.parent)

    def keep(self, path: str, leave_out: Collection[str]) -> None:
        """Take over what is at a path of `vendor/` (`""` = all), but not the paths `leave_out`."""
        _refuse_links(self.vendor, path)
        source, target = self.vendor / path, self.next / path
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            _link_tree(source, target, path, leave_out)

    def put(self, source: Path, path: str) -> None:
        """Move a folder that was made inside `folder` to a path of the next `vendor/`.

        Raises `FileExistsError` when there is something already, and `RefusedError` when the way
        there leads through a symbolic link that was taken over.
        """
        _refuse_links(self.next, path.rpartition("/")[0])
        target = self.next / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        source.rename(target)

    def write(self, path: str, content: bytes) -> None:
        """Make a file of the next `vendor/`; one that was taken over is left as it is."""
        target = self.next / path
        target.unlink(missing_ok=True)  # a hard link of the old one
        target.write_bytes(content)

    def swap(self) -> None:
        """Make the next `vendor/` the one that counts; an empty one is none at all."""
        if not any(self.next.iterdir()):
            if self.vendor.is_dir():
                self.vendor.rename(self.folder / "dropped")
        elif not self.vendor.is_dir():
            self.next.rename(self.vendor)
        elif not (self._exchange and _exchanged(self.next, self.vendor)):
            self.vendor.rename(self._previous)
            self.next.rename(self.vendor)


def recover(root: Path) -> None:
    """Put in order what a killed command left: the old `vendor/` back, the rest away.

    Raises `RefusedError` when something else is in the way and `EnvironmentFailure` when it cannot
    be removed.
    """
    folder, vendor = root / STAGING, root / "vendor"
    if vendor.is_symlink() or (os.path.lexists(vendor) and not vendor.is_dir()):
        raise RefusedError(f"{vendor} is no folder; libraries need one.")
    if not os.path.lexists(folder):
        return
    mark = folder / _MARK_NAME
    if not _is_ours(folder):
        raise RefusedError(
            f"{folder} is in the way and was not made by vmgit.", hints=["Move it away."]
        )
    try:
        if (folder / "previous").is_dir() and not os.path.lexists(vendor):
            (folder / "previous").rename(vendor)
        for entry in folder.iterdir():
            if entry != mark:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        # Last, so that a kill meanwhile leaves a folder that is known to be ours.
        mark.unlink(missing_ok=True)
        folder.rmdir()
    except OSError as error:
        raise EnvironmentFailure(f"{folder} cannot be removed: {error.strerror}.") from error


def _refuse_links(vendor: Path, path: str) -> None:
    """Raise `RefusedError` when a path below `vendor/` has a link in it, for it may lead away."""
    place = vendor
    for part in path.split("/") if path else ():
        place /= part
        if place.is_symlink():
            raise RefusedError(
                f"vendor/{place.relative_to(vendor)} is a symbolic link; libraries are put behind "
                "none.",
                hints=["Remove the link, or make it a folder."],
            )


def _is_ours(folder: Path) -> bool:
    """Whether a folder has the mark, or was about to get it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = os.listdir(folder)
    mark = folder / _MARK_NAME
    if _MARK_NAME not in names or mark.is_symlink() or not mark.is_file():
        return not names
    content = mark.read_bytes()
    return content == _MARK or (len(names) == 1 and _MARK.startswith(content))


def _link_tree(source: Path, target: Path, below: str, leave_out: Collection[str]) -> None:
    with os.scandir(source) as entries:
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if path in leave_out:
                continue
            if not entry.is_dir(follow_symlinks=False):
                _link(Path(entry.path), target / entry.name)
                continue
            (target / entry.name).mkdir(exist_ok=True)
            _link_tree(Path(entry.path), target / entry.name, path, leave_out)
            if not any((target / entry.name).iterdir()) and any(Path(entry.path).iterdir()):
                (target / entry.name).rmdir()  # it held packages only


def _link(source: Path, target: Path) -> None:
    mode = source.lstat().st_mode
    if stat.S_ISLNK(mode):
        target.symlink_to(os.readlink(source))
        return
    if not stat.S_ISREG(mode):
        raise RefusedError(f"{source} is neither a file, a folder nor a link.")
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a filesystem without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders; return False where the system or filesystem has no such rename."""
    rename = _rename()
    if rename is None:
        return False
    if rename(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


@cache
def _rename() -> Callable[[bytes, bytes], int] | None:
    library = ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):
        if sys.platform == "darwin":
            swap = library.renamex_np
            swap.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint)
            return lambda one, other: int(swap(one, other, _EXCHANGE))
        call = library.renameat2
        call.argtypes = (
            ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint,
        )  # fmt: skip
        here = -100  # AT_FDCWD
        return lambda one, other: int(call(here, one, here, other, _EXCHANGE))
    return None
