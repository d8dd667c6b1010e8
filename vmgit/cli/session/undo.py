"""`vmgit session undo`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Go back to before the last executions.")
@click.argument("session")
@click.argument("count", metavar="[N]", type=click.IntRange(min=1), default=1)
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def undo(app: App, session: str, count: int, no_wait: bool) -> None:
    """Go back to before the last N executions of SESSION (default 1): variables and kv.

    Those that ended by themselves count, throws included. What they did outside of the session
    stays done. An undo does not go back behind a refresh. `vmgit session redo` takes it back.
    """
    with app.connect("session undo") as workspace:
        done = workspace.sessions.undo(session, count, wait=not no_wait)
    if app.json:
        app.emit(done)
        return
    place = f"{done.back_to} left it" if done.back_to else f"generation {done.generation} began"
    answer(f"undone {', '.join(done.undone)}: the session is as {place}")
