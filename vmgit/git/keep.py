"""Keeps trees that events name from garbage collection.

A ref `refs/vmgit/keep/<id>` points at the tree object itself: `git gc` keeps what refs reach, and
since it is not a commit, `git log --all` does not show it. A pin must exist before the event that
names the tree is written: a crash in between leaves a spare pin, never an event without a tree.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from vmgit.errors import EnvironmentFailure, UnavailableError

from .durability import flush_file
from .repository import Repository

#: Where pins live; the last part of the name is the pinned tree's id.
KEEP_PREFIX = "refs/vmgit/keep/"


class Keeper:
    """Pins and unpins trees in one repository; all its worktrees share the pins."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._unsettled = False

    def pin(self, tree: str) -> None:
        """Keep `tree` and all below it; its objects are on disk when this returns.

        What was written through the same `Repository` is flushed first, so that the ref never
        stands without its objects; the ref's own name is there after `settle`.
        Pinning twice is fine and costs one look-up. Raises `UnavailableError` when the tree is
        not in the repository and `EnvironmentFailure` when it cannot be kept.
        """
        if self.is_pinned(tree):
            return
        if not self._repository.has(tree):
            raise UnavailableError(
                f"The tree {tree} cannot be kept: it is not in the repository.",
                details={"kind": "tree", "oid": tree},
                code="missing_object",
            )
        try:
            self._write_ref(tree)
        except OSError as error:
            raise EnvironmentFailure(
                f"The ref {KEEP_PREFIX}{tree} cannot be written: {error.strerror}.",
                details={"ref": KEEP_PREFIX + tree},
                code="cannot_pin",
            ) from error

    def _write_ref(self, tree: str) -> None:
        """Write the ref as a loose file (gitrepository-layout(5)), complete before it has a name.

        libgit2 could do it with three more waits for the disk, one after the other; here the file
        is flushed while the objects are, and its name in `settle`.
        """
        paths = self._repository.paths
        reference = paths.common_dir / KEEP_PREFIX / tree
        unnamed = paths.state_dir / f"pin-{tree}-{os.getpid()}-{threading.get_ident()}"
        reference.parent.mkdir(parents=True, exist_ok=True)
        unnamed.parent.mkdir(exist_ok=True)
        try:
            with open(unnamed, "w", encoding="ascii") as stream:
                stream.write(f"{tree}\n")
                stream.flush()
                os.fsync(stream.fileno())
            self._repository.pending.flush()
            os.replace(unnamed, reference)
        finally:
            unnamed.unlink(missing_ok=True)
        self._unsettled = True

    def settle(self) -> None:
        """Return once the names of this keeper's pins are on disk too.

        Before that, a power loss can cost a pin, not the tree. To be called before an answer is
        given; costs nothing when nothing was pinned. Raises `EnvironmentFailure`.
        """
        if not self._unsettled:
            return
        try:
            flush_file(self._repository.paths.common_dir / KEEP_PREFIX)
            self._unsettled = False
        except OSError as error:
            raise EnvironmentFailure(
                f"Snapshots cannot be written to disk: {error.strerror}.", code="cannot_pin"
            ) from error

    def is_pinned(self, tree: str) -> bool:
        """Tell whether `tree` has a pin that Git would read."""
        folder = self._repository.paths.common_dir
        try:
            # A damaged ref keeps nothing; pinning writes it anew.
            return (folder / KEEP_PREFIX / tree).read_bytes() == f"{tree}\n".encode("ascii")
        except FileNotFoundError:
            return f"{tree} {KEEP_PREFIX}{tree}\n".encode("ascii") in _packed_refs(folder)
        except OSError:
            return False

    def pins(self) -> list[str]:
        """Return the ids of all pinned trees, sorted."""
        names = self._repository.libgit2.references.iterator()
        return sorted(
            ref.name.removeprefix(KEEP_PREFIX) for ref in names if ref.name.startswith(KEEP_PREFIX)
        )

    def unpin(self, tree: str) -> None:
        """Let go of `tree`; unpinning what is not pinned is fine."""
        if self.is_pinned(tree):
            self._repository.libgit2.references.delete(KEEP_PREFIX + tree)


def _packed_refs(folder: Path) -> bytes:
    """Return the file of packed refs (gitrepository-layout(5)), empty where there is none."""
    try:
        return (folder / "packed-refs").read_bytes()
    except FileNotFoundError:
        return b""
