"""`vmgit status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .app import App, json_option, pass_app
from .streams import answer

if TYPE_CHECKING:
    from vmgit.documents import PendingSessionDocument, WorkspaceDocument


@click.command(short_help="Show the workspace, its sessions and what is due.")
@json_option
@pass_app
def status(app: App) -> None:
    """Show the workspace, HEAD, the open sessions, what would refresh them and who hosts them."""
    with app.connect("status", reading=True) as workspace:
        document = workspace.status()
    if app.json:
        app.emit(document)
    else:
        _show(document)


def _show(document: WorkspaceDocument) -> None:
    from .table import write_table

    head = document.head
    branch = (document.branch or "detached HEAD").removeprefix("refs/heads/")
    commit = head[:12] if head else "no commit yet"
    clean = "dirty" if document.dirty else "clean"
    doing = "" if document.state == "none" else f", {document.state} in progress"
    answer(f"workspace  {document.workspace}")
    answer(f"head       {branch} {commit}, {clean}{doing}")
    answer(f"tree       {document.tree}")
    answer(f"host       {document.host or 'none: each command hosts for itself'}")
    answer(f"watch      {document.watch or 'not running'}")
    answer()
    if not document.sessions:
        answer("no open sessions; `vmgit session new` makes one")
        return
    write_table(
        ("SESSION", "PROFILE", "STATE", "GEN", "LAST", "WOULD REFRESH IT"),
        [
            (
                one.name or one.session,
                one.profile,
                one.status + (f" at {one.pinned}" if one.pinned else ""),
                str(one.generation),
                one.last_execution or "-",
                _pending(one),
            )
            for one in document.sessions
        ],
    )


def _pending(session: PendingSessionDocument) -> str:
    if session.pending is None:
        return f"follows worktree {session.worktree}"
    return ", ".join(session.pending) or "nothing"
