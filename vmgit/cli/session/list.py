"""`vmgit session list`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.moments import ago

#: Every state that a session can be in.
STATES = ("starting", "active", "crashed", "closed", "lost")


@click.command("list", short_help="List sessions, newest first.")
@click.option("--all", "everything", is_flag=True, help="Closed, lost and one-run sessions too.")
@click.option(
    "--state",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    help="Only those in this state; repeatable.",
)
@json_option
@pass_app
def list_(app: App, everything: bool, states: tuple[str, ...]) -> None:
    """List sessions, newest first."""
    from vmgit.eventlog.rows import OPEN_STATES

    if states and everything:
        raise click.UsageError("Give --all or --state, not both.")
    wanted = None if everything else states or OPEN_STATES
    with app.open("session list", reading=True) as workspace:
        rows = workspace.views.sessions(state=wanted)
    if app.json:
        from vmgit.documents import session_summary

        app.emit([session_summary(row) for row in rows])
        return
    from vmgit.cli.table import write_table

    write_table(
        ("SESSION", "NAME", "PROFILE", "STATE", "GEN", "EXECUTIONS", "CREATED", "AT", "FORK OF"),
        [
            (
                row.id,
                row.name or "",
                row.profile,
                row.state,
                str(row.generation),
                str(row.executions),
                ago(row.created_us),
                row.pinned or "",
                row.parent or "",
            )
            for row in rows
        ],
    )
