"""Opens a workspace for a Python program."""

from __future__ import annotations

import os
from pathlib import Path

from vmgit.workspace import Workspace as Parts

from .workspace import Workspace


def open_workspace(path: str | os.PathLike[str] = ".", *, actor: str = "python") -> Workspace:
    """Open the workspace that holds the folder `path`.

    `actor` is what the log names as the program that acted. Raises `EnvironmentFailure` when
    `path` is in no workspace or its repository cannot be used.
    """
    return Workspace(Parts.open(Path(path), actor=actor, template=True))
