"""`vmgit session close`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app, utf8
from vmgit.cli.streams import answer, waiting


@click.command(short_help="Close sessions; their log stays.")
@click.argument("sessions", metavar="SESSION...", nargs=-1, required=True)
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@json_option
@pass_app
def close(app: App, sessions: tuple[str, ...], reason: str) -> None:
    """Close sessions: they take no more executions. Their log stays and can be replayed."""
    utf8(reason, "the reason")
    with app.open("session close") as workspace, workspace.hosting(on_wait=waiting) as live:
        # All are found before any is closed, so that a mistyped one changes nothing.
        rows = [workspace.views.find_session(name) for name in dict.fromkeys(sessions)]
        found = [live.get(row.id) for row in rows]
        for one in found:
            one.require_open()
        for one in found:
            one.close(reason)
    if app.json:
        app.emit([{"session": one.state.id, "status": one.state.status} for one in found])
        return
    for one in found:
        answer(f"closed {one.state.label}")
