"""The token that clients over TCP show: a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from vmgit.errors import EnvironmentFailure

from .record import write_private

#: The token's file in the state folder.
TOKEN = "token"


def token(state_dir: Path, *, rotate: bool = False) -> str:
    """Return the token, made when there is none or when `rotate` asks for another one.

    Raises `EnvironmentFailure` when others can read the file.
    """
    path = state_dir / TOKEN
    found = None if rotate else read_token(state_dir)
    if found is None:
        found = secrets.token_urlsafe(32)
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, f"{found}\n".encode("ascii"))
    return found


def read_token(state_dir: Path) -> str | None:
    """Return the token as it is now, None when there is none. Raises as `token`."""
    path = state_dir / TOKEN
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(1024)
    except FileNotFoundError:
        return None
    if status.st_mode & 0o077:
        raise EnvironmentFailure(
            f"{path} can be read by others (mode {status.st_mode & 0o777:o}).",
            hints=["`vmgit serve token --rotate` makes another one that they cannot read."],
            details={"path": str(path)},
        )
    return content.decode("ascii", "replace").strip() or None
