"""`server.json`: where the server of a repository listens, and which workspace it serves.

The record says nothing about life: that is proved by the flock on `server.lock`, which the kernel
gives back whatever way the server dies. A record that a killed server left is not believed.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vmgit.errors import BusyError, EnvironmentFailure
from vmgit.hostlock import holder

if TYPE_CHECKING:
    from .shape import Serving

#: The record's file in the state folder.
RECORD = "server.json"
#: The file whose flock a server holds for as long as it lives.
LOCK = "server.lock"


def lock_path(state_dir: Path) -> Path:
    """Return the file whose flock proves that a server lives."""
    return state_dir / LOCK


def find_server(state_dir: Path) -> Serving | None:
    """Return the server that runs for the repository of a state folder, None when none does.

    Costs one failed `open` where no server was left behind. Raises `EnvironmentFailure` when the
    record is another user's, who could make a server say anything.
    """
    try:
        descriptor = os.open(state_dir / RECORD, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        content = file.read()
    if holder(lock_path(state_dir)) is None:
        return None
    if status.st_uid != os.geteuid():
        raise EnvironmentFailure(
            f"{state_dir / RECORD} belongs to another user (id {status.st_uid}).",
            hints=["A server can be used only by the user who started it."],
            code="foreign_server",
        )
    return _decoded(content)


def write_record(state_dir: Path, serving: Serving) -> None:
    """Leave the record, whole or not at all; only its owner can read it."""
    import msgspec

    write_private(state_dir / RECORD, msgspec.json.format(msgspec.json.encode(serving)) + b"\n")


def remove_record(state_dir: Path) -> None:
    """Take the record away. Only for whoever holds the lock."""
    (state_dir / RECORD).unlink(missing_ok=True)


def refuse_served(state_dir: Path) -> None:
    """Raise `BusyError` when a server hosts the repository's sessions: it never gives way."""
    who = holder(lock_path(state_dir))
    if who is None:
        return
    serving = find_server(state_dir)
    if serving is None:
        raise BusyError(
            f"a server is about to start or to end: {who}.",
            hints=["Try again in a moment."],
            details={"holder": who},
        )
    raise served_elsewhere(serving)


def served_here(serving: Serving) -> BusyError:
    """Return the error for one who wants to do without the server that is there."""
    return _served(
        serving, "Leave out --no-server (VMGIT_NO_SERVER), or stop the server: `vmgit serve stop`."
    )


def served_elsewhere(serving: Serving) -> BusyError:
    """Return the error for one who wants to host what a server hosts."""
    return _served(
        serving,
        f"Run the command there (`vmgit -C {serving.root} ...`), or stop the server: "
        "`vmgit serve stop`.",
    )


def _served(serving: Serving, hint: str) -> BusyError:
    return BusyError(
        f"the sessions of this repository are served by pid {serving.pid}, for {serving.root}.",
        hints=[hint],
        details={"pid": serving.pid, "root": serving.root, "socket": serving.socket},
        code="served",
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    # Made 0600 by `mkstemp`, before it has its name.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _decoded(content: bytes) -> Serving | None:
    import msgspec

    from .shape import Serving

    try:
        return msgspec.json.decode(content, type=Serving)
    except msgspec.MsgspecError:
        # A server of another version whose record has another shape: nothing to talk to.
        return None
