"""Why there is no file at a workspace path, said so that the right one is found."""

from __future__ import annotations

import difflib
from pathlib import Path

from vmgit.errors import NotFoundError
from vmgit.shared_source import SharedSource


def missing_file(path: str, root: Path, source: SharedSource) -> NotFoundError:
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
