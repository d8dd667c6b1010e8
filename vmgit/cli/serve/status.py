"""`vmgit serve status`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.moments import ago
from vmgit.cli.streams import answer

from .common import running


@click.command(short_help="Show the server.")
@json_option
@pass_app
def status(app: App) -> None:
    """Show the server of this repository. Exits 4 when none runs."""
    _, serving = running(app)
    if app.json:
        app.emit(serving)
        return
    answer(f"serving    {serving.root}")
    answer(f"pid        {serving.pid}, started {ago(serving.started_us)}")
    answer(f"version    {serving.version}")
    answer(f"socket     {serving.socket}")
    answer(f"listen     {serving.listen or 'no TCP'}")
