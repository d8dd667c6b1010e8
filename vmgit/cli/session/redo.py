"""`vmgit session redo`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, waiting


@click.command(short_help="Bring back what the last undo took away.")
@click.argument("session")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def redo(app: App, session: str, no_wait: bool) -> None:
    """Bring back the executions that the last undo of SESSION took away.

    That works until another execution ran to its end, or a refresh came. A second redo takes back
    the undo before.
    """
    from vmgit.documents import redo_document
    from vmgit.engine.process import WorkerRealm

    with (
        app.open("session redo", worker=WorkerRealm.spawn()) as workspace,
        workspace.hosting(wait=not no_wait, on_wait=waiting) as sessions,
    ):
        live = sessions.get(workspace.views.find_session(session).id)
        workspace.require_place(live.state)
        executions = live.redo()
    if app.json:
        app.emit(redo_document(live.state, executions))
        return
    answer(f"redone {', '.join(one.id for one in executions)}")
