"""What the commands about a running server share."""

from __future__ import annotations

from vmgit.cli.app import App
from vmgit.errors import EnvironmentFailure
from vmgit.git.discovery import WorkspacePaths, find_workspace
from vmgit.serving.record import find_server
from vmgit.serving.shape import Serving


def running(app: App) -> tuple[WorkspacePaths, Serving]:
    """Return the server of the repository. Raises `EnvironmentFailure` when none runs."""
    paths = find_workspace(app.start)
    serving = find_server(paths.state_dir)
    if serving is None:
        raise EnvironmentFailure(
            "no server runs for this repository.",
            hints=["`vmgit serve --detach` starts one."],
            code="no_server",
        )
    return paths, serving
