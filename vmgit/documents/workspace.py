"""The documents of a workspace as `vmgit status` shows it."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from .server import ServerDocument


class PendingSessionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session in `status`: `pending` names what would refresh it, None where that is not known
    here, because it follows another worktree.
    """

    session: str
    name: str | None
    profile: str
    status: str
    reason: str | None
    generation: int
    pinned: str | None
    worktree: str
    last_execution: str | None
    pending: tuple[str, ...] | None


class WorkspaceDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as `vmgit status` shows it; `host` and `watch` are who does that, if anybody.

    `server` is there when a server tells it.
    """

    workspace: str
    worktree: str
    head: str | None
    branch: str | None
    state: str
    tree: str
    dirty: bool
    host: str | None
    watch: str | None
    versions: dict[str, str]
    sessions: tuple[PendingSessionDocument, ...]
    server: ServerDocument | UnsetType = UNSET
