"""`vmgit exec list`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.exec.common import shown_status
from vmgit.cli.moments import ago, took


@click.command("list", short_help="List executions, newest first.")
@click.option("-s", "--session", metavar="SESSION", help="Only those of this session.")
@click.option(
    "-n",
    "limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="The last N.",
)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@json_option
@pass_app
def list_(app: App, session: str | None, limit: int, everything: bool) -> None:
    """List executions, newest first."""
    with app.open("exec list", reading=True) as workspace:
        only = workspace.views.find_session(session).id if session is not None else None
        rows = workspace.views.executions(only, limit=None if everything else limit)
    if app.json:
        from vmgit.documents import execution_summary

        app.emit([execution_summary(row) for row in rows])
        return
    from vmgit.cli.table import write_table

    write_table(
        ("EXECUTION", "KIND", "STATUS", "GEN", "TOOK", "STARTED", "CODE"),
        [
            (
                row.id,
                row.kind,
                shown_status(row),
                str(row.generation),
                took(row.duration_us),
                ago(row.started_us),
                row.code_preview,
            )
            for row in rows
        ],
    )
