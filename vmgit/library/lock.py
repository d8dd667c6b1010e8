"""`vendor/vmgit-lock.json`: what was asked for, and exactly what is in `vendor/` because of it.

It is a versioned file like any other, so it comes from other people and other branches: it is read
strictly, and its paths are checked before anything is done with them. It names no registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from vmgit.errors import EnvironmentFailure, RefusedError

from .integrity import IntegrityError, strongest
from .names import SpecError, check_name, check_path, folder_name
from .release import Release

LOCK_FILE = "vmgit-lock.json"
FORMAT = 1
_MOST_BYTES = 16 << 20


class LockedPackage(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True
):
    """One package: what was unpacked, what it asks for, who asked for it.

    `integrity` is of the tarball, `files` of what was unpacked. `name` is there when the folder
    has another. `requiredBy` are paths of packages, `.` is the workspace itself.
    """

    version: str
    integrity: str
    files: str
    name: str = ""
    dependencies: dict[str, str] = {}
    optional_dependencies: dict[str, str] = {}
    peer_dependencies: dict[str, str] = {}
    required_by: tuple[str, ...] = ()


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: `requested` ranges by folder, `packages` by path below `vendor/`."""

    format: int = FORMAT
    requested: dict[str, str] = {}
    packages: dict[str, LockedPackage] = {}

    def release(self, path: str) -> Release:
        """Return what is known of a locked package without asking a registry."""
        locked = self.packages[path]
        return Release(
            locked.name or folder_name(path),
            locked.version,
            integrity=locked.integrity,
            dependencies=locked.dependencies,
            optional=locked.optional_dependencies,
            peers=locked.peer_dependencies,
        )


def locked_package(
    path: str, release: Release, integrity: str, files: str, asked_by: Iterable[str]
) -> LockedPackage:
    """Return the entry of a package: `integrity` of its tarball, `files` of what came out."""
    return LockedPackage(
        release.version,
        integrity,
        files,
        "" if release.name == folder_name(path) else release.name,
        dict(sorted(release.dependencies.items())),
        dict(sorted(release.optional.items())),
        dict(sorted(release.peers.items())),
        tuple(sorted(asked_by)),
    )


def read_lock(vendor: Path) -> Lock:
    """Return the lock of a `vendor/` folder, an empty one when there is none.

    Raises `RefusedError` for a bad one and `EnvironmentFailure` for one of a newer vmgit.
    """
    path = vendor / LOCK_FILE
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Lock()
    except OSError as error:
        raise EnvironmentFailure(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > _MOST_BYTES:
        raise _bad(f"it is larger than {_MOST_BYTES >> 20} MiB")
    try:
        _check_format(msgspec.json.decode(data))
        lock = msgspec.json.decode(data, type=Lock)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _bad(str(error)) from error
    try:
        _check(lock)
    except (SpecError, IntegrityError) as error:
        raise _bad(str(error)) from error
    return lock


def lock_bytes(lock: Lock) -> bytes:
    """Return the text of a lock: the same for equal locks, a line for each fact."""
    table = msgspec.to_builtins(lock)
    document = {
        "format": lock.format,
        "requested": dict(sorted(lock.requested.items())),
        "packages": dict(sorted(table.get("packages", {}).items())),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _check_format(document: Any) -> None:
    number = document.get("format") if isinstance(document, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise EnvironmentFailure(
            f"vendor/{LOCK_FILE} has format {number}; this vmgit knows up to {FORMAT}.",
            hints=["Install a newer vmgit."],
            code="lock_newer",
        )


def _check(lock: Lock) -> None:
    for folder in lock.requested:
        check_name(folder)
    for path, package in lock.packages.items():
        check_path(path)
        check_name(package.name or "x")
        strongest(package.integrity, None)


def _bad(reason: str) -> RefusedError:
    return RefusedError(
        f"vendor/{LOCK_FILE} cannot be used: {reason}.",
        hints=[f"`git checkout -- vendor/{LOCK_FILE}` brings back the one that Git has."],
        details={"path": f"vendor/{LOCK_FILE}"},
    )
