"""Opens files beneath one folder and never follows a symbolic link, whoever puts one there.

Every operation happens relative to the descriptor of the parent folder, which is reached by
`openat2` where the kernel has it, else part by part; so a path that is swapped between a check and
its use leads nowhere else. It knows no grants and no JavaScript; it raises `OSError`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import secrets
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

Parts = tuple[str, ...]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: Of openat2(2): the number of the call (the same everywhere but on alpha) and its flags.
_OPENAT2 = 437
_NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x02, 0x04, 0x08
_MACHINES = ("x86_64", "aarch64", "arm64", "riscv64")
#: How the names of files that are being written begin; they are never listed.
TEMPORARY = ".vmgit-writing-"


class Beneath:
    """The files beneath `root`. Paths are given as their parts, none of which is empty or dots."""

    def __init__(self, root: Path, *, openat2: bool = True) -> None:
        """`openat2` false walks part by part, as where the kernel has no such call."""
        self._root = root
        self._openat2 = openat2 and _has_openat2()

    @contextmanager
    def folder(self, parts: Parts, *, make: bool = False) -> Iterator[int]:
        """Give the descriptor of a folder; `make` makes those that are missing."""
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found = self._descend(root, parts, make=make)
        finally:
            os.close(root)
        try:
            yield found
        finally:
            os.close(found)

    def read(self, parts: Parts, most: int) -> bytes:
        """Return the content of a regular file; EFBIG when it has more than `most` bytes."""
        with self.folder(parts[:-1]) as parent:
            self._regular(parent, parts[-1])
            # A pipe that took the file's place meanwhile must not make us wait.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            with open(os.open(parts[-1], flags, dir_fd=parent), "rb") as file:
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode):
                    raise OSError(errno.EINVAL, "not a regular file")
                if about.st_size > most:
                    raise OSError(errno.EFBIG, "too large")
                content = file.read(most + 1)
        if len(content) > most:
            raise OSError(errno.EFBIG, "too large")
        return content

    def reserve(self, parts: Parts) -> None:
        """Make an empty regular file, its folders too. Raises `FileExistsError`."""
        with self.folder(parts[:-1], make=True) as parent:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            os.close(os.open(parts[-1], flags, 0o666, dir_fd=parent))

    def write(self, parts: Parts, content: bytes) -> None:
        """Replace or make a regular file, its folders too; nobody sees it half-written."""
        with self.folder(parts[:-1], make=True) as parent:
            mode = self._mode(parent, parts[-1])
            temporary = TEMPORARY + secrets.token_hex(8)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(temporary, flags, 0o666, dir_fd=parent)
            try:
                with open(descriptor, "wb") as file:
                    if mode is not None:
                        os.fchmod(descriptor, mode)
                    file.write(content)
                    file.flush()
                    os.fsync(descriptor)
                os.rename(temporary, parts[-1], src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                os.unlink(temporary, dir_fd=parent)
                raise

    def stat(self, parts: Parts) -> os.stat_result:
        """Return what is known of a file, folder or link, which is not followed."""
        if not parts:
            return os.stat(self._root)
        with self.folder(parts[:-1]) as parent:
            return os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)

    @contextmanager
    def entry(self, parts: Parts) -> Iterator[tuple[int, os.stat_result]]:
        """Give the descriptor of the folder of a regular file, and what is known of the file."""
        with self.folder(parts[:-1]) as parent:
            yield parent, self._regular(parent, parts[-1])

    def list(self, parts: Parts, most: int) -> list[tuple[str, int]]:
        """Return the names in a folder with their modes; E2BIG when there are more than `most`."""
        found: list[tuple[str, int]] = []
        with self.folder(parts) as folder, os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(TEMPORARY):
                    continue
                if len(found) == most:
                    raise OSError(errno.E2BIG, "too many entries")
                try:
                    mode = entry.stat(follow_symlinks=False).st_mode
                except FileNotFoundError:  # removed meanwhile
                    continue
                found.append((entry.name, mode))
        return found

    def remove(self, parts: Parts) -> None:
        """Remove a file, a link (not what it leads to) or an empty folder."""
        with self.folder(parts[:-1]) as parent:
            about = os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                os.rmdir(parts[-1], dir_fd=parent)
            else:
                os.unlink(parts[-1], dir_fd=parent)

    def _regular(self, parent: int, name: str) -> os.stat_result:
        """Return what is known of a regular file, before an open could have effects of its own."""
        about = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISLNK(about.st_mode):
            raise OSError(errno.ELOOP, "a symbolic link")
        if stat.S_ISDIR(about.st_mode):
            raise OSError(errno.EISDIR, "a folder")
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return about

    def _mode(self, parent: int, name: str) -> int | None:
        """Return the permissions of the file that is replaced, None when there is none."""
        try:
            return stat.S_IMODE(self._regular(parent, name).st_mode) & 0o777
        except FileNotFoundError:
            return None

    def _descend(self, root: int, parts: Parts, *, make: bool) -> int:
        if not parts:
            return os.dup(root)
        if not self._openat2:
            return _walk(root, parts, make=make)
        try:
            return _openat2(root, "/".join(parts))
        except FileNotFoundError:
            if not make:
                raise
        return _walk(root, parts, make=True)


def _walk(root: int, parts: Parts, *, make: bool) -> int:
    """Open a folder part by part; each is opened relative to the one before, links refused."""
    here = os.dup(root)
    try:
        for part in parts:
            try:
                below = _open_folder(part, here)
            except FileNotFoundError:
                if not make:
                    raise
                with suppress(FileExistsError):  # somebody else made it just now
                    os.mkdir(part, dir_fd=here)
                below = _open_folder(part, here)
            os.close(here)
            here = below
    except BaseException:
        os.close(here)
        raise
    return here


def _open_folder(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except NotADirectoryError:
        # Linux says this of a link too.
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "a symbolic link") from None
        raise


def _openat2(parent: int, path: str) -> int:
    # struct open_how of openat2(2): flags, mode, resolve.
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    how = struct.pack("=QQQ", flags, 0, _BENEATH | _NO_SYMLINKS | _NO_MAGICLINKS)
    while True:
        found = int(_syscall()(_OPENAT2, parent, os.fsencode(path), how, len(how)))
        if found >= 0:
            return found
        code = ctypes.get_errno()
        # EAGAIN: something was renamed meanwhile, so the kernel cannot tell.
        if code not in (errno.EAGAIN, errno.EINTR):
            raise OSError(code, os.strerror(code))


@cache
def _syscall() -> ctypes._NamedFuncPointer:
    function = ctypes.CDLL(None, use_errno=True).syscall
    function.restype = ctypes.c_long
    function.argtypes = (
        ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t,
    )  # fmt: skip
    return function


@cache
def _has_openat2() -> bool:
    if platform.system() != "Linux" or platform.machine() not in _MACHINES:
        return False
    root = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.close(_openat2(root, "."))
    except OSError:  # an old kernel, or a filter that forbids the call
        return False
    finally:
        os.close(root)
    return True
