"""`vmgit session close`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app, utf8
from vmgit.cli.streams import answer


@click.command(short_help="Close sessions; their log stays.")
@click.argument("sessions", metavar="SESSION...", nargs=-1, required=True)
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@json_option
@pass_app
def close(app: App, sessions: tuple[str, ...], reason: str) -> None:
    """Close sessions: they take no more executions. Their log stays and can be replayed."""
    utf8(reason, "the reason")
    with app.connect("session close") as workspace:
        # All are found before any is closed, so that a mistyped one changes nothing; one that
        # has ended already comes first and is refused.
        found = {one.session: one for one in map(workspace.sessions.get, sessions)}
        order = sorted(found.values(), key=lambda one: one.status not in ("closed", "lost"))
        closed = {one.session: workspace.sessions.close(one.session, reason) for one in order}
    ended = [closed[session] for session in found]
    if app.json:
        app.emit([{"session": one.session, "status": one.status} for one in ended])
        return
    for one in ended:
        answer(f"closed {one.label}")
