"""Turns files of the worktree into the blobs that `git add` would make of them.

Line endings and `ident` are libgit2's work, in this process. A `filter` driver or another
encoding is Git's: libgit2 does not run drivers, so those files go to one `git hash-object` for all
of them. Also decides the mode, which is not always the one on disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

import pygit2
from pygit2.enums import FilterMode

from vmgit.errors import EnvironmentFailure

from .environment import run_git
from .files import WorktreeFile, read_file
from .repository import Repository
from .trees import EXECUTABLE, FILE, LINK, Entry


@dataclass(frozen=True, slots=True)
class Wanted:
    """A path to store; `known` is the mode that the index or Git has for it, 0 for none."""

    path: bytes
    known: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A path as stored: its entry (None: not there), and whether its blob is not as on disk."""

    path: bytes
    entry: Entry | None
    filtered: bool = False


class Cleaner:
    """Stores worktree files of one repository as blobs."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._opened = repository.libgit2
        self._worktree = repository.paths.worktree
        config = self._opened.config
        self._trust_mode = _flag(config, "core.filemode")
        self._trust_links = _flag(config, "core.symlinks")

    def store(self, wanted: Sequence[Wanted]) -> list[Stored]:
        """Store the files at `wanted` as they are now and say what each became.

        Raises `EnvironmentFailure` for a file that cannot be read or whose filter fails.
        """
        stored: list[Stored] = []
        by_git: list[tuple[Wanted, WorktreeFile]] = []
        for item in wanted:
            found = read_file(self._worktree, item.path)
            if found is None:
                stored.append(Stored(item.path, None))
            elif found.mode != LINK and self._needs_git(item.path):
                by_git.append((item, found))
            else:
                stored.append(self._store_here(item, found))
        if by_git:
            stored.extend(self._store_by_git(by_git))
        return stored

    def _store_here(self, item: Wanted, found: WorktreeFile) -> Stored:
        mode = self._mode(found.mode, item.known)
        data = found.data
        if mode != LINK:
            filters = self._opened.load_filter_list(os.fsdecode(item.path), FilterMode.CLEAN)
            if filters is not None:
                data = filters.apply_to_buffer(found.data)
        oid = self._repository.write_blob(data)
        return Stored(item.path, Entry(mode, bytes.fromhex(oid)), data != found.data)

    def _store_by_git(self, files: Sequence[tuple[Wanted, WorktreeFile]]) -> list[Stored]:
        names = b"".join(_quoted(item.path) + b"\n" for item, _ in files)
        done = run_git(
            ["hash-object", "-w", "--stdin-paths"],
            cwd=self._worktree,
            stdin=names,
        )
        oids = [bytes.fromhex(line) for line in done.stdout.decode("ascii").split()]
        if len(oids) != len(files):
            raise EnvironmentFailure(
                f"`git hash-object` stored {len(oids)} of {len(files)} filtered files."
            )
        return [
            Stored(
                item.path,
                Entry(self._mode(found.mode, item.known), oid),
                oid != _blob_id(found.data),
            )
            for (item, found), oid in zip(files, oids, strict=True)
        ]

    def _needs_git(self, path: bytes) -> bool:
        name = os.fsdecode(path)
        return any(
            isinstance(self._opened.get_attr(name, attribute), str)
            for attribute in ("filter", "working-tree-encoding")
        )

    def _mode(self, on_disk: int, known: int) -> int:
        """Return the mode that Git would record, see core.fileMode and core.symlinks."""
        if on_disk == LINK:
            return LINK
        if not self._trust_links and known == LINK:
            return LINK
        if not self._trust_mode:
            return known if known in (FILE, EXECUTABLE) else FILE
        return on_disk


def _flag(config: pygit2.Config, name: str) -> bool:
    return config.get_bool(name) if name in config else True


def _blob_id(data: bytes) -> bytes:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).digest()


def _quoted(path: bytes) -> bytes:
    """Quote a path for a line of input as Git does (core.quotePath in git-config(1))."""
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
