"""Turns files of the worktree into the blobs that `git add` would make of them.

Line endings and `ident` are libgit2's work, in this process. A `filter` driver or another
encoding is Git's: libgit2 does not run drivers, so Git adds those files, all at once, to a copy of
the index. Also decides the mode, which is not always the one on disk.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pygit2
from pygit2.enums import FilterMode

from .environment import run_git
from .files import WorktreeFile, read_file
from .repository import Repository
from .trees import EXECUTABLE, FILE, LINK, Entry

_LIST = ("ls-files", "--stage", "-z")
#: The scratch copy is read once and thrown away: nothing that makes an index fast pays here.
_PLAIN_INDEX = (
    *("-c", "core.safecrlf=false"),
    *("-c", "core.splitIndex=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "index.sparse=false"),
)


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
        self._worktree = repository.paths.worktree

    def store(self, wanted: Sequence[Wanted]) -> list[Stored]:
        """Store the files at `wanted` as they are now and say what each became.

        Raises `EnvironmentFailure` for a file that cannot be read or whose filter fails.
        """
        stored: list[Stored] = []
        by_git: dict[bytes, WorktreeFile] = {}
        modes = _Modes(self._repository.libgit2.config)
        for item in wanted:
            found = read_file(self._worktree, item.path)
            if found is None:
                stored.append(Stored(item.path, None))
                continue
            mode = modes.choose(found.mode, item.known)
            data = found.data if mode == LINK else self._clean(item.path, found.data)
            if data is None:
                by_git[item.path] = found
                continue
            oid = bytes.fromhex(self._repository.write_blob(data))
            stored.append(Stored(item.path, Entry(mode, oid), data != found.data))
        if by_git:
            stored.extend(self._store_by_git(by_git))
        return stored

    def _clean(self, path: bytes, data: bytes) -> bytes | None:
        """Return the content that Git would record for `data`, None when only Git can tell."""
        # pygit2 takes paths as bytes too, which is the only way for names that are not UTF-8.
        name = cast(str, path)
        try:
            for attribute in ("filter", "working-tree-encoding"):
                if isinstance(self._repository.libgit2.get_attr(name, attribute), str):
                    return None
            filters = self._repository.libgit2.load_filter_list(name, FilterMode.CLEAN)
            if filters is None:
                return data
            # pygit2 1.21 cuts what comes out of filters at the first NUL.
            return None if b"\0" in data else filters.apply_to_buffer(data)
        except pygit2.GitError:
            # Attributes and line endings depend on the index, and libgit2 cannot read split and
            # sparse ones; it also refuses conversions that core.safecrlf warns of.
            return None

    def _store_by_git(self, files: Mapping[bytes, WorktreeFile]) -> list[Stored]:
        """Let Git itself add the files to a copy of the index, and read there what they became.

        `git hash-object` would be less work and sometimes wrong: whether line endings are
        converted depends on the index too.
        """
        with tempfile.TemporaryDirectory(prefix="vmgit-") as folder:
            scratch = Path(folder, "index")
            index = self._repository.paths.git_dir / "index"
            if index.exists():
                # With its time: Git tells by it which entries it cannot trust.
                shutil.copy2(index, scratch)
            for arguments in (("update-index", "-z", "--add", "--remove", "--stdin"), _LIST):
                output = run_git(
                    [*_PLAIN_INDEX, *arguments],
                    cwd=self._worktree,
                    stdin=b"".join(path + b"\0" for path in files),
                    index_file=scratch,
                ).stdout
        entries = {}
        for line in output.split(b"\0")[:-1]:
            facts, path = line.split(b"\t", 1)
            if path in files:
                mode, oid, _ = facts.decode("ascii").split(" ")
                entries[path] = Entry(int(mode, 8), bytes.fromhex(oid))
        return [
            Stored(path, entry, entry is not None and entry.oid != _blob_id(found.data))
            for path, found in files.items()
            for entry in (entries.get(path),)
        ]


class _Modes:
    """Says which mode Git would record, see core.fileMode and core.symlinks in git-config(1)."""

    def __init__(self, config: pygit2.Config) -> None:
        self._trusted = _flag(config, "core.filemode")
        self._links = _flag(config, "core.symlinks")

    def choose(self, on_disk: int, known: int) -> int:
        """Return the mode for a file with the mode `on_disk` that the index has as `known`."""
        if on_disk == LINK or (known == LINK and not self._links):
            return LINK
        if self._trusted:
            return on_disk
        return known if known in (FILE, EXECUTABLE) else FILE


def _flag(config: pygit2.Config, name: str) -> bool:
    return config.get_bool(name) if name in config else True


def _blob_id(data: bytes) -> bytes:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).digest()
