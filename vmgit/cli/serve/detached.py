"""`vmgit serve --detach`: starts a server that lives on, and says where it is."""

from __future__ import annotations

from collections.abc import Sequence

from vmgit.cli.app import App
from vmgit.cli.streams import answer


def detached(app: App, options: Sequence[str]) -> int:
    """Start a server with `options` of `vmgit serve`; return when it answers."""
    from vmgit.git.discovery import find_workspace
    from vmgit.serving.start import start_detached

    paths = find_workspace(app.start)
    serving = start_detached(paths.root, paths.state_dir, options)
    if app.json:
        app.emit(serving)
    else:
        answer(f"serving {serving.root}, pid {serving.pid}")
        answer(f"at {serving.socket}")
        if serving.listen is not None:
            answer(f"and http://{serving.listen}")
    return 0
