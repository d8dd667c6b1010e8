"""`vmgit exec events`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.event_lines import event_line
from vmgit.cli.streams import answer


@click.command(short_help="Show the events of one execution.")
@click.argument("execution")
@click.option(
    "--after",
    metavar="SEQ",
    type=click.IntRange(min=0),
    default=0,
    help="Only those after event SEQ, the last one that you know.",
)
@json_option
@pass_app
def events(app: App, execution: str, after: int) -> None:
    """Show the events of one execution, in order."""
    from vmgit.documents import event_document

    with app.open("exec events", reading=True) as workspace:
        row = workspace.views.find_execution(execution)
        found = [event for event in workspace.events_of(row) if event.seq > after]
    if app.json:
        app.emit([event_document(event) for event in found])
        return
    for event in found:
        answer(event_line(event))
