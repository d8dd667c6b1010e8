"""`vmgit exec cancel`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Stop a running execution.")
@click.argument("execution", required=False)
@json_option
@pass_app
def cancel(app: App, execution: str | None) -> None:
    """Stop a running execution at once, wherever it runs, and wait until it is recorded.

    Without EXECUTION, the one that is running. Its session is as it was before it.
    """
    with app.connect("exec cancel") as workspace:
        done = workspace.executions.cancel(execution)
    if app.json:
        app.emit(done)
    else:
        answer(f"cancelled {done.execution}")
