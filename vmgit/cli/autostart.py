"""Starts the server that `vmgit.toml` wants (`autostart = true`), for whoever needs it first."""

from __future__ import annotations

import time

from vmgit.errors import VmgitError
from vmgit.git.discovery import WorkspacePaths
from vmgit.serving.record import find_server
from vmgit.serving.shape import Serving
from vmgit.serving.start import start_detached

from .streams import warning

#: Seconds that another command's server, which is about to start, is waited for.
_STARTS = 30.0


def autostart(paths: WorkspacePaths) -> Serving | None:
    """Return a server of the workspace, started here or by another command at the same time.

    None when there will be none, which is told: the command then works by itself.
    """
    try:
        return start_detached(paths.root, paths.state_dir)
    except VmgitError as error:
        if error.exit_code == 6:
            return _another(paths)
        warning(f"no server could be started: {error.message}")
        return None


def _another(paths: WorkspacePaths) -> Serving | None:
    deadline = time.monotonic() + _STARTS
    while time.monotonic() < deadline:
        found = find_server(paths.state_dir)
        if found is not None:
            return found
        time.sleep(0.02)
    return None
