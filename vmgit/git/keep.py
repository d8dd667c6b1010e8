"""Keeps trees that events name from garbage collection.

A ref `refs/vmgit/keep/<id>` points at the tree object itself: `git gc` keeps what refs reach, and
since it is not a commit, `git log --all` does not show it. A pin must exist before the event that
names the tree is written: a crash in between leaves a spare pin, never an event without a tree.
"""

from __future__ import annotations

import threading

import pygit2

from vmgit.errors import EnvironmentFailure, UnavailableError

from .repository import Repository

#: Where pins live; the last part of the name is the pinned tree's id.
KEEP_PREFIX = "refs/vmgit/keep/"
#: libgit2's switch for flushing is process-wide; two pins must not switch it under each other.
_FLUSHING = threading.Lock()


class Keeper:
    """Pins and unpins trees in one repository; all its worktrees share the pins."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def pin(self, tree: str) -> None:
        """Keep `tree` and all below it; it is on disk, ref and all, when this returns.

        What was written through the same `Repository` is flushed first, so that the ref never
        stands without its objects. Pinning twice is fine and costs one look-up. Raises
        `UnavailableError` when the tree is not in the repository and `EnvironmentFailure` when
        it cannot be kept.
        """
        if self.is_pinned(tree):
            return
        try:
            self._repository.pending.flush()
            with _FLUSHING:
                pygit2.settings.enable_fsync_gitdir(True)
                try:
                    self._repository.libgit2.references.create(KEEP_PREFIX + tree, tree)
                finally:
                    pygit2.settings.enable_fsync_gitdir(False)
        except KeyError as error:
            raise _gone(tree) from error
        except (ValueError, OSError, pygit2.GitError) as error:
            # Another process may have pinned the same tree in between.
            if self.is_pinned(tree):
                return
            if tree not in self._repository.libgit2:
                raise _gone(tree) from error
            raise EnvironmentFailure(
                f"The ref {KEEP_PREFIX}{tree} cannot be written: {error}.", code="cannot_pin"
            ) from error

    def is_pinned(self, tree: str) -> bool:
        """Tell whether `tree` has a pin."""
        return self._repository.libgit2.references.get(KEEP_PREFIX + tree) is not None

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


def _gone(tree: str) -> UnavailableError:
    return UnavailableError(
        f"The tree {tree} cannot be kept: it is not in the repository.",
        details={"kind": "tree", "oid": tree},
        code="missing_object",
    )
