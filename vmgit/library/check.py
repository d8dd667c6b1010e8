"""Compares `vendor/` with its lock: is every package there, unchanged, with all that it needs?

Reads files only; no registry is asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from vmgit.errors import EnvironmentFailure

from .contents import hash_files
from .lock import Lock
from .names import SpecError, is_tag, parse_requirement
from .ranges import satisfies
from .resolve import visible

State = Literal["fine", "changed", "missing"]


class Checked(NamedTuple):
    """What is said of one package: its `State`, or `unmet` with the `problem`."""

    path: str
    version: str
    state: str
    problem: str = ""


def state_of(vendor: Path, lock: Lock, path: str) -> State:
    """Return whether the package of the lock at `path` is as it was unpacked.

    Raises `EnvironmentFailure` when its files cannot be read.
    """
    try:
        found = hash_files(vendor, path, lock.packages)
    except OSError as error:
        raise EnvironmentFailure(f"vendor/{path} cannot be read: {error.strerror}.") from error
    if found is None:
        return "missing"
    return "fine" if found == lock.packages[path].files else "changed"


def check(vendor: Path, lock: Lock) -> list[Checked]:
    """Return what is to be said of every package, by path."""
    rows = []
    for path, locked in sorted(lock.packages.items()):
        state = state_of(vendor, lock, path)
        problem = _unmet(lock, path) if state == "fine" else ""
        rows.append(Checked(path, locked.version, "unmet" if problem else state, problem))
    for folder, spec in sorted(lock.requested.items()):
        if folder not in lock.packages:
            rows.append(Checked(folder, "", "missing", f"{spec} was asked for"))
    return rows


def _unmet(lock: Lock, path: str) -> str:
    """Return what a package needs and does not find, empty when all is there."""
    for folder, spec in lock.packages[path].dependencies.items():
        try:
            range_ = parse_requirement(folder, spec).range
        except SpecError as error:
            return str(error)
        seen = visible(path, folder, lock.packages)
        if seen is None:
            return f"needs {folder}@{spec}, which is not there"
        version = lock.packages[seen].version
        if not is_tag(range_) and not satisfies(version, range_):
            return f"needs {folder}@{spec} and finds {version}"
    return ""
