"""`vmgit session fork`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.session.names import check_name
from vmgit.cli.streams import answer, waiting


@click.command(short_help="Make a session that goes on from another one.")
@click.argument("session")
@click.option(
    "--name", metavar="NAME", callback=check_name, help="A name, unique in the repository."
)
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def fork(app: App, session: str, name: str | None, no_wait: bool) -> None:
    """Make a session that goes on from what SESSION is now: its variables, kv and history.

    The two share nothing from then on. The fork's executions are numbered on from SESSION's. A
    closed session can be forked too.
    """
    from vmgit.engine.process import WorkerRealm

    with (
        app.open("session fork", worker=WorkerRealm.spawn()) as workspace,
        workspace.hosting(wait=not no_wait, on_wait=waiting) as sessions,
    ):
        row = workspace.views.find_session(session)
        workspace.require_place(sessions.get(row.id).state)
        state = sessions.fork(row.id, name=name).state
    if app.json:
        from vmgit.documents import session_document

        app.emit(session_document(state))
    else:
        answer(state.label)
