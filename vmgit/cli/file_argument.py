"""The FILE argument of `vmgit run`: from what was typed to a path of the workspace."""

from __future__ import annotations

import os
from pathlib import Path

from vmgit.errors import UsageError


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
