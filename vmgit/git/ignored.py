"""Tells which files of the worktree `git add` would pass over without a word."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .environment import run_git


def ignored(folder: Path, paths: Iterable[str]) -> list[str]:
    """Return those of the paths, relative to `folder`, that Git ignores; tracked ones it does not.

    Raises `EnvironmentFailure`.
    """
    asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    if not asked:
        return []
    done = run_git(["check-ignore", "-z", "--stdin"], cwd=folder, stdin=asked, accept=(0, 1))
    return [
        path.decode("utf-8", "surrogateescape") for path in done.stdout.split(b"\0") if path
    ]  # fmt: skip


def has_tracked(folder: Path, path: str) -> bool:
    """Return whether Git tracks anything at or below a path, relative to `folder`."""
    return bool(run_git(["ls-files", "-z", "--", path], cwd=folder).stdout)
