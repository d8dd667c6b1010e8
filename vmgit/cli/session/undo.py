"""`vmgit session undo`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, waiting


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
    from vmgit.documents import undo_document

    with (
        app.open("session undo") as workspace,
        workspace.hosting(wait=not no_wait, on_wait=waiting) as sessions,
    ):
        live = sessions.get(workspace.views.find_session(session).id)
        workspace.require_place(live.state)
        executions = live.undo(count)
    if app.json:
        app.emit(undo_document(live.state, executions))
        return
    left = live.state.undoable
    place = f"{left[-1].id} left it" if left else f"generation {live.state.generation} began"
    answer(f"undone {', '.join(one.id for one in executions)}: the session is as {place}")
