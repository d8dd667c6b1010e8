"""Whether a workspace wants a server (`autostart = true`), asked before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from vmgit.git.discovery import WORKSPACE_FILE


def wants_server(root: Path) -> bool:
    """Return whether the `vmgit.toml` of a workspace folder says `autostart = true`.

    Raises `RefusedError` when it is bad, where that matters here.
    """
    path = root / WORKSPACE_FILE
    try:
        content = path.read_bytes()
    except OSError:
        return False  # whoever opens the workspace tells
    if b"autostart" not in content:
        return False
    from vmgit.settings import read_settings

    return read_settings(content, str(path)).autostart
