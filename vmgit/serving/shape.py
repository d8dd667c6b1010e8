"""The shape of `server.json`, apart so that looking for a server in vain loads nothing."""

from __future__ import annotations

import msgspec


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """A running server.

    `socket` is the path of its unix socket; `listen` is `HOST:PORT` where it listens to TCP too;
    `started_us` is wall time since the epoch; `birth` tells its process from a later one with the
    same number; `worktree` and `prefix` name the workspace folder `root` that it serves.
    """

    pid: int
    birth: str
    started_us: int
    version: str
    worktree: str
    prefix: str
    root: str
    socket: str
    listen: str | None = None

    def serves(self, worktree: str, prefix: str) -> bool:
        """Whether it serves this workspace, and not another worktree or folder."""
        return (self.worktree, self.prefix) == (worktree, prefix)
