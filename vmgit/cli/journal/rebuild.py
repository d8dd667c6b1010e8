"""`vmgit journal rebuild`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Compute the projections again.")
@json_option
@pass_app
def rebuild(app: App) -> None:
    """Compute the lists of sessions and executions again from the events, which stay untouched."""
    with app.open("journal rebuild") as workspace:
        events = workspace.log.rebuild()
    if app.json:
        app.emit({"events": events})
    else:
        answer(f"rebuilt from {events} events")
