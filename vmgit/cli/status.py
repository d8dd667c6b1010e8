"""`vmgit status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .app import App, json_option, pass_app
from .streams import answer

if TYPE_CHECKING:
    from vmgit.eventlog.rows import SessionRow
    from vmgit.workspace import Workspace


@click.command(short_help="Show the workspace, its sessions and what is due.")
@json_option
@pass_app
def status(app: App) -> None:
    """Show the workspace, HEAD, the open sessions, what would refresh them and who hosts them."""
    from vmgit.hostlock import holder

    with app.open("status") as workspace:
        head = workspace.repository.head()
        snapshot = workspace.snapshotter.take()
        sessions = [_session(workspace, row, snapshot.tree) for row in _open_rows(workspace)]
        document: dict[str, Any] = {
            "workspace": str(workspace.paths.root),
            "worktree": workspace.paths.worktree_name,
            "head": head.commit,
            "branch": head.ref,
            "state": head.state,
            "tree": snapshot.tree,
            "dirty": snapshot.dirty,
            "host": holder(workspace.lock_path),
            "watch": holder(workspace.watch_lock_path),
            "sessions": sessions,
        }
    if app.json:
        app.emit(document)
    else:
        _show(document)


def _open_rows(workspace: Workspace) -> list[SessionRow]:
    from vmgit.eventlog.rows import OPEN_STATES

    return workspace.views.sessions(state=OPEN_STATES, ephemeral=False)


def _session(workspace: Workspace, row: SessionRow, tree: str) -> dict[str, Any]:
    from vmgit.history import read_session
    from vmgit.refresh.plan import changed_files

    state = read_session(workspace.log, row.id)
    here = (row.worktree, row.prefix) == (workspace.paths.worktree_name, workspace.paths.prefix)
    source = workspace.source(tree)
    pending = changed_files(state, source, workspace.trust.require) if here else ()
    return {
        "session": row.id,
        "name": row.name,
        "profile": row.profile,
        "state": row.state,
        "reason": row.reason,
        "generation": row.generation,
        "pinned": row.pinned,
        "worktree": row.worktree,
        "last_execution": row.last_execution,
        "pending": list(pending) if here else None,
    }


def _show(document: dict[str, Any]) -> None:
    from .table import write_table

    head = document["head"]
    branch = (document["branch"] or "detached HEAD").removeprefix("refs/heads/")
    commit = head[:12] if head else "no commit yet"
    clean = "dirty" if document["dirty"] else "clean"
    doing = "" if document["state"] == "none" else f", {document['state']} in progress"
    answer(f"workspace  {document['workspace']}")
    answer(f"head       {branch} {commit}, {clean}{doing}")
    answer(f"tree       {document['tree']}")
    answer(f"host       {document['host'] or 'none: each command hosts for itself'}")
    answer(f"watch      {document['watch'] or 'not running'}")
    answer()
    if not document["sessions"]:
        answer("no open sessions; `vmgit session new` makes one")
        return
    write_table(
        ("SESSION", "PROFILE", "STATE", "GEN", "LAST", "WOULD REFRESH IT"),
        [
            (
                one["name"] or one["session"],
                one["profile"],
                one["state"] + (f" at {one['pinned']}" if one["pinned"] else ""),
                str(one["generation"]),
                one["last_execution"] or "-",
                _pending(one),
            )
            for one in document["sessions"]
        ],
    )


def _pending(session: dict[str, Any]) -> str:
    if session["pending"] is None:
        return f"follows worktree {session['worktree']}"
    return ", ".join(session["pending"]) or "nothing"
