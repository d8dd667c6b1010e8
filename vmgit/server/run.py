"""Runs a server in the foreground: takes the host lock, listens, and ends in order."""

from __future__ import annotations

import contextlib
from pathlib import Path

import uvicorn

from vmgit.workspace import Workspace as Parts

from .app import create_app
from .resident import MAX_LIVE
from .service import Service

#: How long a connection may say nothing between two requests, seconds: clients keep theirs.
_KEEP_ALIVE = 600


def serve(start: Path, *, max_live: int = MAX_LIVE) -> None:
    """Serve the workspace that holds `start` until it is told to stop."""
    from vmgit.watch.changes import open_changes

    parts = Parts.open(start, actor="serve", template=True)
    paths = parts.paths
    with contextlib.ExitStack() as held:
        service = held.enter_context(Service(parts, max_live=max_live))
        changes = open_changes(paths.worktree, paths.git_dir, paths.common_dir)
        if changes is not None:
            held.callback(changes.close)
            parts.rely_on(changes.take)
        socket = parts.paths.state_dir / "server.sock"
        socket.unlink(missing_ok=True)
        config = uvicorn.Config(
            create_app(service),
            uds=str(socket),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=_KEEP_ALIVE,
        )
        uvicorn.Server(config).run()
