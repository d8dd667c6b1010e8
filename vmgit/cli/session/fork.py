"""`vmgit session fork`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Make a session that goes on from another one.")
@click.argument("session")
@click.option("--name", metavar="NAME", help="A name, unique in the repository.")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def fork(app: App, session: str, name: str | None, no_wait: bool) -> None:
    """Make a session that goes on from what SESSION is now: its variables, kv and history.

    The two share nothing from then on. The fork's executions are numbered on from SESSION's. A
    closed session can be forked too.
    """
    with app.connect("session fork", runs=True) as workspace:
        made = workspace.sessions.fork(session, name=name, wait=not no_wait)
    if app.json:
        app.emit(made)
    else:
        answer(made.label)
