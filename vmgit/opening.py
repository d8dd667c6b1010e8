"""Opens a workspace for a Python program: a running server's, else in the program itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vmgit.errors import EnvironmentFailure
from vmgit.git.discovery import find_workspace
from vmgit.serving.record import find_server

if TYPE_CHECKING:
    from vmgit.api.workspace import Workspace
    from vmgit.client.client import Client


def open_workspace(
    path: str | os.PathLike[str] = ".",
    *,
    actor: str = "python",
    server: Literal["auto", "never", "require"] = "auto",
) -> Workspace | Client:
    """Open the workspace that holds the folder `path`.

    `actor` is what the log names as the program that acted. With `server` `auto` a running server
    of this workspace does the work, else this process; `never` and `require` want one of the two.
    Raises `EnvironmentFailure` when `path` is in no workspace, its repository cannot be used, or
    no server runs that is required.
    """
    paths = find_workspace(Path(path))
    serving = None if server == "never" else find_server(paths.state_dir)
    if serving is not None and serving.serves(paths.worktree_name, paths.prefix):
        from vmgit.client.client import Client

        return Client.of(serving, paths.state_dir, actor=actor)
    if server == "require":
        raise EnvironmentFailure(
            f"no server runs for {paths.root}.",
            hints=[f"`vmgit -C {paths.root} serve --detach` starts one."],
            code="no_server",
        )
    from vmgit.api.workspace import Workspace
    from vmgit.workspace import Workspace as Parts

    return Workspace(Parts(paths, actor=actor, template=True))
