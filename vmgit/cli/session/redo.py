"""`vmgit session redo`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


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
    with app.connect("session redo", runs=True) as workspace:
        done = workspace.sessions.redo(session, wait=not no_wait)
    if app.json:
        app.emit(done)
        return
    answer(f"redone {', '.join(done.redone)}")
