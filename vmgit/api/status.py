"""What `status` tells of a workspace: HEAD, the open sessions, what would refresh them."""

from __future__ import annotations

from vmgit.documents import PendingSessionDocument, WorkspaceDocument
from vmgit.eventlog.rows import OPEN_STATES, SessionRow
from vmgit.history import read_session
from vmgit.hostlock import holder
from vmgit.refresh.plan import changed_files
from vmgit.version import __version__
from vmgit.workspace import Workspace as Parts


def workspace_document(parts: Parts) -> WorkspaceDocument:
    """Return the workspace as it is now. Appends and pins nothing."""
    with parts.lock:
        head = parts.repository.head()
        snapshot = parts.snapshotter.take()
    rows = parts.views.sessions(state=OPEN_STATES, ephemeral=False)
    return WorkspaceDocument(
        workspace=str(parts.paths.root),
        worktree=parts.paths.worktree_name,
        head=head.commit,
        branch=head.ref,
        state=head.state,
        tree=snapshot.tree,
        dirty=snapshot.dirty,
        host=holder(parts.lock_path),
        watch=holder(parts.watch_lock_path),
        versions={"vmgit": __version__},
        sessions=tuple(_session(parts, row, snapshot.tree) for row in rows),
    )


def _session(parts: Parts, row: SessionRow, tree: str) -> PendingSessionDocument:
    state = read_session(parts.log, row.id)
    here = (row.worktree, row.prefix) == (parts.paths.worktree_name, parts.paths.prefix)
    source = parts.source(tree)
    pending = changed_files(state, source, parts.trust.require) if here else None
    return PendingSessionDocument(
        session=row.id,
        name=row.name,
        profile=row.profile,
        status=row.state,
        reason=row.reason,
        generation=row.generation,
        pinned=row.pinned,
        worktree=row.worktree,
        last_execution=row.last_execution,
        pending=pending,
    )
