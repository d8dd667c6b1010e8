"""`vmgit session show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.exec.common import shown_status
from vmgit.cli.moments import moment, took
from vmgit.cli.streams import answer, one_line

if TYPE_CHECKING:
    from vmgit.documents import SessionDocument
    from vmgit.state import Parent


@click.command(short_help="Show one session.")
@click.argument("session")
@json_option
@pass_app
def show(app: App, session: str) -> None:
    """Show one session: where it came from, what serves, its last executions."""
    from vmgit.documents import session_document
    from vmgit.history import read_session

    with app.open("session show", reading=True) as workspace:
        row = workspace.views.find_session(session)
        state = read_session(workspace.log, row.id)
        executions = workspace.views.executions(row.id, limit=10)
    document = session_document(state)
    if app.json:
        app.emit(document)
        return
    created = f"{moment(state.created_us)} from {document.tree[:12]}"
    facts = [
        ("session", state.id),
        ("name", state.created.name or "-"),
        ("profile", state.created.profile),
        ("status", state.status),
        ("reason", document.reason),
        ("created", created),
        ("commit", (document.commit or "none yet") + (" (dirty)" if document.dirty else "")),
        ("pinned at", state.created.pinned),
        ("parent", _parent(state.parent) if state.parent is not None else None),
        ("worktree", state.worktree),
        ("generation", str(state.generation)),
        ("startup", ", ".join(entry.path for entry in document.startup) or "none"),
        ("executions", _executions(document)),
        ("undone", ", ".join(document.undone) or None),
        ("redoable", ", ".join(document.redoable) or None),
    ]
    for label, text in facts:
        if text is not None:
            answer(f"{label + ':':<12} {one_line(text)}")
    if executions:
        from vmgit.cli.table import write_table

        answer()
        write_table(
            ("EXECUTION", "KIND", "STATUS", "GEN", "TOOK", "CODE"),
            [
                (
                    e.id,
                    e.kind,
                    shown_status(e),
                    str(e.generation),
                    took(e.duration_us),
                    e.code_preview,
                )
                for e in executions
            ],
        )


def _parent(parent: Parent) -> str:
    return f"{parent.label} ({parent.session}) at version {parent.version}"


def _executions(document: SessionDocument) -> str:
    own, inherited = document.executions, document.inherited
    return f"{own}, and {inherited} of its parent" if document.parent else str(own)
