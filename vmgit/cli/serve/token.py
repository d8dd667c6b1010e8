"""`vmgit serve token`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command("token", short_help="Print the token for TCP.")
@click.option("--rotate", is_flag=True, help="Make another one; the old one counts no more.")
@json_option
@pass_app
def token_(app: App, rotate: bool) -> None:
    """Print the token that clients over TCP send as `Authorization: Bearer TOKEN`."""
    from vmgit.git.discovery import find_workspace
    from vmgit.serving.token import token

    found = token(find_workspace(app.start).state_dir, rotate=rotate)
    if app.json:
        app.emit({"token": found})
    else:
        answer(found)
