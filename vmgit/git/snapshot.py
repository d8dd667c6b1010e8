"""Makes the tree of the tracked files as they are in the worktree now.

Every execution runs against such a tree. It is HEAD's tree edited at the paths that differ, so a
clean worktree gives HEAD's tree itself and a change costs what it touches. Nothing of the user's
is written: not the index, not HEAD, not a file; objects only. Pinning them is `keep`'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from vmgit.errors import RefusedError, UsageError

from .environment import run_git
from .files import Signature, index_signature
from .repository import Repository
from .status import Difference, Status, StatusRequest
from .trees import SUBMODULE, Entry, edit_tree

if TYPE_CHECKING:
    from .clean import Cleaner, Stored
    from .index import IndexReader

#: How often a snapshot starts again because HEAD or the index moved under it.
_ATTEMPTS = 3
#: The tree without entries; Git knows it without storing it.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The worktree at one moment.

    `tree` is its tree, `commit` HEAD's commit (None before the first), `dirty` tells whether the
    tree differs from HEAD's; `filtered` are the paths, among those that had to be read, whose
    bytes on disk are not the blob's. `index` is the state of the index that it was taken with.
    """

    tree: str
    commit: str | None
    dirty: bool
    filtered: tuple[str, ...] = field(default=(), compare=False)
    index: Signature = field(default=None, compare=False, repr=False)


class Snapshotter:
    """Takes snapshots of one worktree. Paths are relative to the worktree, posix form."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._paths = repository.paths

    # Both load libgit2, which a clean worktree does without.
    @cached_property
    def _cleaner(self) -> Cleaner:
        from .clean import Cleaner

        return Cleaner(self._repository)

    @cached_property
    def _index(self) -> IndexReader:
        from .index import IndexReader

        return IndexReader(self._repository)

    def take(self, request: StatusRequest | None = None) -> Snapshot:
        """Return the snapshot of the worktree as it is now.

        `request` is what was asked of Git ahead, while this process did something else.
        Raises `EnvironmentFailure` when a tracked file cannot be read or Git cannot tell what
        differs, and `UnavailableError` when objects of HEAD are missing.
        """
        self._repository.refresh()
        for attempt in range(1, _ATTEMPTS + 1):
            asked = request or StatusRequest(self._paths)
            request = None
            snapshot = self._from_status(asked.read(), asked.index)
            # The last attempt counts: a worktree that never rests is taken as it was seen.
            if attempt == _ATTEMPTS or self._unmoved(snapshot):
                return snapshot
        raise AssertionError("the last attempt returns")

    def update(self, previous: Snapshot, paths: Iterable[str]) -> Snapshot:
        """Return the snapshot now, given that since `previous` only `paths` may have changed.

        Much faster than `take`, which it falls back to when HEAD or the index has changed since,
        or when a path is a folder with tracked files. Untracked paths do not matter. Raises like
        `take`.
        """
        from .clean import Wanted
        from .index import IndexUnreadable

        self._repository.refresh()
        if not self._unmoved(previous):
            return self.take()
        edits: dict[bytes, Entry | None] = {}
        wanted: list[Wanted] = []
        try:
            for path in {os.fsencode(path) for path in paths}:
                found = self._index.find(path)
                if found is None:
                    if self._index.has_below(path):
                        return self.take()
                elif found.frozen or (found.entry and found.entry.mode == SUBMODULE):
                    edits[found.path] = found.entry
                else:
                    wanted.append(Wanted(found.path, found.entry.mode if found.entry else 0))
        except IndexUnreadable:
            return self.take()
        stored = self._cleaner.store(wanted)
        edits.update((item.path, item.entry) for item in stored)
        touched = {os.fsdecode(path) for path in edits}
        filtered = (set(previous.filtered) - touched) | _filtered(stored)
        tree = self._edit(previous.tree, edits)
        return self._snapshot(tree, previous.commit, filtered, previous.index)

    def with_file(self, tree: str, path: str, blob: str) -> str:
        """Return `tree` plus one untracked file at `path` with the content `blob`.

        Raises `RefusedError` for a file that Git ignores and `UsageError` for a path that cannot
        be in a tree.
        """
        _check_path(path)
        if self.is_ignored(path):
            raise RefusedError(
                f"{path} is ignored by Git, so its content could not be recorded.",
                hints=[f"`git check-ignore -v {path}` names the rule; `git add -f` overrules it."],
                details={"path": path},
                code="ignored_file",
            )
        return self._edit(tree, {os.fsencode(path): Entry(0o100644, bytes.fromhex(blob))})

    def store_file(self, path: str) -> str | None:
        """Store the file at `path`, tracked or not, and return its blob; None if it is no file."""
        from .clean import Wanted

        _check_path(path)
        entry = self._cleaner.store([Wanted(os.fsencode(path))])[0].entry
        return None if entry is None else entry.oid.hex()

    def is_tracked(self, path: str) -> bool:
        """Tell whether `path` is in the index."""
        from .index import IndexUnreadable

        raw = os.fsencode(path)
        try:
            return self._index.find(raw) is not None
        except IndexUnreadable:
            arguments = ["--literal-pathspecs", "ls-files", "-z", "--cached", "--", path]
            listed = run_git(arguments, cwd=self._paths.worktree).stdout
            return raw in listed.split(b"\0")

    def is_ignored(self, path: str) -> bool:
        """Tell whether Git's ignore rules hide the untracked `path`."""
        arguments = ["check-ignore", "--quiet", "-z", "--stdin"]
        asked = os.fsencode(path) + b"\0"
        done = run_git(arguments, cwd=self._paths.worktree, stdin=asked, accept=(0, 1))
        return done.returncode == 0

    def _from_status(self, status: Status, index: Signature) -> Snapshot:
        edits = {item.path: item.entry for item in status.differences if not item.on_disk}
        on_disk = [item for item in status.differences if item.on_disk]
        stored = self._store(on_disk) if on_disk else []
        edits.update((item.path, item.entry) for item in stored)
        tree = self._head_tree(status.commit)
        if edits or tree == EMPTY_TREE:
            tree = self._edit(tree, edits)
        return self._snapshot(tree, status.commit, _filtered(stored), index)

    def _store(self, differences: list[Difference]) -> list[Stored]:
        from .clean import Wanted

        return self._cleaner.store([Wanted(item.path, item.mode) for item in differences])

    def _snapshot(
        self, tree: str, commit: str | None, filtered: set[str], index: Signature
    ) -> Snapshot:
        dirty = tree != self._head_tree(commit)
        return Snapshot(tree, commit, dirty, tuple(sorted(filtered)), index)

    def _head_tree(self, commit: str | None) -> str:
        return EMPTY_TREE if commit is None else self._repository.commit_tree(commit)

    def _edit(self, tree: str, edits: dict[bytes, Entry | None]) -> str:
        base = None if tree == EMPTY_TREE else bytes.fromhex(tree)
        repository = self._repository
        for entry in edits.values():
            if entry is not None and entry.mode != SUBMODULE:
                # Also what only the index named: `git add` does not flush its blobs.
                repository.pending.add(entry.oid.hex())
        edited = edit_tree(base, edits, repository.read_tree, repository.write_tree)
        return repository.write_tree({}).hex() if edited is None else edited.hex()

    def _unmoved(self, snapshot: Snapshot) -> bool:
        """Tell whether HEAD and the index are still as they were for `snapshot`."""
        return (
            index_signature(self._paths.git_dir) == snapshot.index
            and self._repository.head_commit() == snapshot.commit
        )


def _filtered(stored: Iterable[Stored]) -> set[str]:
    return {os.fsdecode(item.path) for item in stored if item.filtered}


def _check_path(path: str) -> None:
    parts = path.split("/")
    bad = any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    if bad or "\0" in path:
        raise UsageError(f"{path!r} is not a path inside the worktree.", details={"path": path})
