"""`vmgit session show`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.moments import moment, took
from vmgit.cli.streams import answer, one_line


@click.command(short_help="Show one session.")
@click.argument("session")
@json_option
@pass_app
def show(app: App, session: str) -> None:
    """Show one session: where it came from, what serves, its last executions."""
    from vmgit.documents import session_document
    from vmgit.state import fold

    with app.open("session show", reading=True) as workspace:
        row = workspace.views.find_session(session)
        state = fold(workspace.log.read(stream=row.id))
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
        ("worktree", state.worktree),
        ("generation", str(state.generation)),
        ("startup", ", ".join(entry.path for entry in document.startup) or "none"),
        ("executions", str(document.executions)),
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
                (e.id, e.kind, e.status, str(e.generation), took(e.duration_us), e.code_preview)
                for e in executions
            ],
        )
