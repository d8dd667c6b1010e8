"""The FILE argument of `vmgit run`: from what was typed to a path of the workspace, or why not."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vmgit.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from vmgit.git.source import TreeSource


def workspace_path(start: Path, typed: str, root: Path) -> str:
    """Return the workspace path of a file that was typed relative to the folder `start`.

    Raises `UsageError` when it lies outside the workspace or is a folder.
    """
    if not typed:
        raise UsageError("the name of the FILE is empty.")
    # normpath, not resolve: a tracked symlink is named, not what it points at.
    absolute = Path(os.path.normpath(start.resolve() / typed))
    if absolute.is_dir():
        raise UsageError(f"{typed} is a folder, not a file.", details={"path": typed})
    if not absolute.is_relative_to(root):
        raise UsageError(f"{typed} is outside the workspace {root}.", details={"path": typed})
    return absolute.relative_to(root).as_posix()


def no_file(path: str, root: Path, source: TreeSource) -> NotFoundError:
    """Return the error for a workspace path at which `source` and the worktree have no file."""
    if (root / path).is_symlink():
        return NotFoundError(
            f"{path} is a link that leads out of the workspace, or to no file in it.",
            details={"path": path},
        )
    folder, slash, name = path.rpartition("/")
    near = difflib.get_close_matches(name, source.list(folder), n=1)
    hints = [f"Did you mean {folder}{slash}{near[0]}?"] if near else []
    return NotFoundError(f"there is no file {path}.", hints=hints, details={"path": path})
