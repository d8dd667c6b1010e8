"""Snapshots of 10,000 tracked files against what Git itself offers for the same.

Both sides work on clones of one repository, because `git stash create` writes the index, which
would spoil what vmgit knows. It neither flushes nor keeps what it makes; so a second row compares
all that vmgit does before an event names a snapshot with a `stash create` that flushes.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Row, compare
from vmgit.git.discovery import find_repository
from vmgit.git.environment import child_environment
from vmgit.git.keep import Keeper
from vmgit.git.repository import Repository
from vmgit.git.snapshot import Snapshotter

_FOLDERS = 100
_FILES = 100
_CHANGED = "d7/src/f42.js"


def measure() -> list[Row]:
    """Return the figures of snapshots."""
    with tempfile.TemporaryDirectory(prefix="vmgit-bench-") as folder:
        ours, peer = _repositories(Path(folder))
        repository = Repository.open(find_repository(ours))
        try:
            return _measure(repository, ours, peer)
        finally:
            repository.close()


def _measure(repository: Repository, ours: Path, peer: Path) -> list[Row]:
    snapshotter = Snapshotter(repository)
    keeper = Keeper(repository)
    latest = [snapshotter.take()]
    change = _change(ours)

    def known() -> None:
        latest[0] = snapshotter.update(latest[0], [_CHANGED])

    def known_and_kept() -> None:
        known()
        keeper.pin(latest[0].tree)

    def unknown() -> None:
        snapshotter.take()

    return [
        compare(
            "snapshot, one known change in 10,000 files",
            0.05,
            known,
            _git(peer, "stash", "create"),
            "git stash create",
            blocks=20,
            before_ours=lambda: (repository.pending.flush(), change())[1],
            before_peer=_change(peer),
        ),
        compare(
            "the same on disk and pinned",
            0.1,
            known_and_kept,
            _git(peer, "-c", "core.fsync=loose-object", "stash", "create"),
            "git stash create, objects flushed",
            before_ours=change,
            before_peer=_change(peer),
        ),
        compare(
            "snapshot, nothing known, 10,000 files",
            2.0,
            unknown,
            _git(peer, "status", "-uno"),
            "git status -uno",
            before_ours=change,
            before_peer=_change(peer),
        ),
    ]


def _change(folder: Path) -> Callable[[], None]:
    numbers = itertools.count()
    path = folder / _CHANGED
    return lambda: (path.write_text(f"// change {next(numbers)} of {folder}\n"), None)[1]


def _git(folder: Path, *arguments: str) -> Callable[[], None]:
    environment = {**child_environment(), **_IDENTITY}
    # As a user would run it: vmgit's own children must not take locks, a user's may.
    del environment["GIT_OPTIONAL_LOCKS"]

    def run() -> None:
        subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True
        )

    return run


_IDENTITY = {
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
}


def _repositories(folder: Path) -> tuple[Path, Path]:
    """Make two equal repositories with settled indexes."""
    first, second = folder / "ours", folder / "peer"
    for number in range(_FOLDERS):
        inside = first / f"d{number}/src"
        inside.mkdir(parents=True)
        for index in range(_FILES):
            (inside / f"f{index}.js").write_text(f"// {number} {index}\n" * 10)
    _git(first, "init", "--quiet")()
    _git(first, "add", ".")()
    _git(first, "commit", "--quiet", "--message", "files")()
    _git(folder, "clone", "--quiet", str(first), str(second))()
    for clone in (first, second):
        # Older than the index, so that Git need not read every file again at each status.
        for path in clone.glob("d*/src/*.js"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        _git(clone, "update-index", "-q", "--refresh")()
    return first, second
