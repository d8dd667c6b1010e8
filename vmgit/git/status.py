"""Asks the real `git status` which tracked files differ from HEAD, and how.

Git's own answer honours everything that a reimplementation would get wrong one by one: the stat
cache and its racy entries, assume-unchanged, skip-worktree, intent-to-add, core.fileMode, file
system monitors. This module starts it and reads format 2 of its porcelain (git-status(1)).
"""

from __future__ import annotations

import msgspec

from vmgit.errors import EnvironmentFailure

from .discovery import RepositoryPaths
from .environment import StartedGit
from .files import index_signature
from .trees import SUBMODULE, Entry

_ARGUMENTS = (
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    "--no-ahead-behind",
    "--untracked-files=no",
    "--no-renames",
    # Where a submodule's HEAD is belongs to the submodule; the index says what is recorded here.
    "--ignore-submodules=dirty",
)


class Difference(msgspec.Struct, frozen=True):
    """A tracked path that is not as in HEAD.

    When `on_disk` is true the file in the worktree decides (`mode` is what Git makes of its
    permission bits, 0 when unknown); otherwise the index does: `entry` is its content, or None
    when the path is not in it.
    """

    path: bytes
    on_disk: bool
    mode: int
    entry: Entry | None


class Status(msgspec.Struct, frozen=True):
    """HEAD's commit (None before the first) and every tracked path that differs from it."""

    commit: str | None
    differences: tuple[Difference, ...]


class StatusRequest:
    """A `git status` that was started and is read later: `read` or `discard` it.

    `index` is the state of the index before it was started.
    """

    def __init__(self, paths: RepositoryPaths) -> None:
        """Ask what differs in the worktree now. Raises `EnvironmentFailure` without a `git`."""
        self.index = index_signature(paths.git_dir)
        self._started = StartedGit(_ARGUMENTS, cwd=paths.worktree)

    def read(self) -> Status:
        """Wait for the answer.

        Raises `EnvironmentFailure` when Git cannot tell, for instance because the index is
        damaged.
        """
        return _parse(self._started.finish().stdout)

    def discard(self) -> None:
        """Leave the answer unread."""
        self._started.discard()


def _parse(output: bytes) -> Status:
    commit: str | None = None
    differences = []
    for record in output.split(b"\0"):
        kind = record[:2]
        if kind == b"1 ":
            differences.append(_ordinary(record))
        elif kind == b"u ":
            differences.append(_unmerged(record))
        elif record.startswith(b"# branch.oid "):
            name = record[len(b"# branch.oid ") :].decode("ascii")
            commit = None if name == "(initial)" else name
        elif record and kind != b"# ":
            raise EnvironmentFailure(
                f"`git status` answered with a line that vmgit does not know: {record[:60]!r}."
            )
    return Status(commit, tuple(differences))


def _ordinary(record: bytes) -> Difference:
    """Read `1 XY sub mH mI mW hH hI path`."""
    _, changed, _, _, index_mode, worktree_mode, _, oid, path = record.split(b" ", 8)
    in_index = Entry(int(index_mode, 8), bytes.fromhex(oid.decode("ascii")))
    entry = in_index if in_index.mode else None
    here = int(worktree_mode, 8)
    if changed[1:2] == b"." or (in_index.mode == SUBMODULE and here in (0, SUBMODULE)):
        return Difference(path, False, 0, entry)
    return Difference(path, True, here, entry)


def _unmerged(record: bytes) -> Difference:
    """Read `u XY sub m1 m2 m3 mW h1 h2 h3 path`: what stands in the worktree, markers and all."""
    fields = record.split(b" ", 10)
    ours = Entry(int(fields[4], 8), bytes.fromhex(fields[8].decode("ascii")))
    if SUBMODULE in {int(mode, 8) for mode in fields[3:6]}:
        return Difference(fields[10], False, 0, ours if ours.mode else None)
    return Difference(fields[10], True, int(fields[6], 8), ours if ours.mode else None)
