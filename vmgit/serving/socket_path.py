"""Unix sockets at paths of any length.

A socket's address holds 107 bytes of path (103 on macOS), which a repository in a deep folder
exceeds. On Linux such a path is named through a descriptor of its folder; elsewhere the socket
stands in a short private folder, and the record says where.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmgit.errors import EnvironmentFailure

#: Bytes of path that an address holds, the final NUL not counted.
MOST = 107 if sys.platform == "linux" else 103
#: The socket's name.
NAME = "server.sock"
_DESCRIPTORS = Path("/proc/self/fd")


def socket_place(state_dir: Path, *, descriptors: bool | None = None) -> Path:
    """Return where a server puts its socket: in the state folder, else in a new private one.

    `descriptors` says whether a folder can be named by its descriptor (default: asks the system).
    """
    path = state_dir / NAME
    named = _DESCRIPTORS.is_dir() if descriptors is None else descriptors
    if named or _fits(path):
        return path
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = runtime if runtime and os.path.isdir(runtime) else None
    # 0700 from the start.
    return Path(tempfile.mkdtemp(prefix="vmgit-", dir=base)) / NAME


def bind(path: Path) -> socket.socket:
    """Return a listening socket at `path`, which was never open to others, not for a moment.

    What stands there is a dead server's: the caller holds the lock. Changes the process's umask
    while it works, so no other thread may run yet. Raises `EnvironmentFailure`.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        path.unlink(missing_ok=True)
        with reachable(path) as name:
            made.bind(name)
        made.listen(socket.SOMAXCONN)
    except OSError as error:
        made.close()
        raise EnvironmentFailure(
            f"no socket can be made at {path}: {error.strerror or error}.",
            hints=["The filesystem may not know sockets; the folder must be writable."],
        ) from error
    finally:
        os.umask(before)
    return made


def remove(path: Path, state_dir: Path) -> None:
    """Take a server's socket away, and the private folder that was made for it."""
    path.unlink(missing_ok=True)
    if path.parent != state_dir:
        shutil.rmtree(path.parent, ignore_errors=True)


def check_owner(path: Path) -> None:
    """Raise `EnvironmentFailure` when somebody else could have put a socket at `path`."""
    folder = path.parent.stat()
    if folder.st_uid != os.geteuid() or folder.st_mode & 0o022:
        raise EnvironmentFailure(
            f"{path.parent} can be written by others, so the server's socket there is not trusted.",
            hints=[f"chmod go-w {path.parent}"],
            code="foreign_server",
        )


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give a name for `path` that fits into an address; it is good inside the block only."""
    if _fits(path):
        yield os.fspath(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"{_DESCRIPTORS}/{folder}/{path.name}"
    finally:
        os.close(folder)


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= MOST
