"""`vmgit log`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from .app import App, json_option, pass_app
from .streams import answer

if TYPE_CHECKING:
    from vmgit.events.envelope import StoredEvent

#: How often `-f` asks for new events, seconds; the question is one index look-up.
_POLL = 0.1


@click.command(short_help="Show events.")
@click.option(
    "-n",
    "limit",
    metavar="N",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="The last N events.",
)
@click.option("-s", "--session", metavar="SESSION", help="Only events of this session.")
@click.option(
    "--type", "types", metavar="TYPE", multiple=True, help="Only events of this type; repeatable."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with new events until Ctrl-C.")
@json_option
@pass_app
def log(app: App, limit: int, session: str | None, types: tuple[str, ...], follow: bool) -> None:
    """Show the last events, oldest first.

    With --json and -f, each event is one line of JSON.
    """
    app.endless = follow
    with app.open("log", reading=True) as workspace:
        while follow and session is None and not workspace.log_path.exists():
            time.sleep(_POLL)
        stream = workspace.views.find_session(session).id if session is not None else None
        from vmgit.api.log import known_types

        kinds = known_types(types)
        last = workspace.log.last_seq()
        found = workspace.log.read(
            stream=stream, type=kinds, limit=limit, newest_first=True, upto=last
        )
        found.reverse()
        if app.json and not follow:
            from vmgit.documents import event_document

            app.emit([event_document(event) for event in found])
            return
        while True:
            for event in found:
                _write(app, event)
            if not follow:
                return
            time.sleep(_POLL)
            now = workspace.log.last_seq()
            found = workspace.log.read(stream=stream, type=kinds, after=last, upto=now)
            last = now


def _write(app: App, event: StoredEvent) -> None:
    if app.json:
        from vmgit.documents import event_document

        app.emit_line(event_document(event))
        return
    from .event_lines import event_line

    answer(event_line(event))
