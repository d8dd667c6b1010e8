"""`vmgit profile remove-startup`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command("remove-startup", short_help="Take a startup file out of a profile.")
@click.argument("name")
@click.argument("path")
@json_option
@pass_app
def remove_startup(app: App, name: str, path: str) -> None:
    """Take a file out of those that run when a session starts; the file itself stays."""
    from .edit import edited, typed_path

    edited(
        app,
        "profile remove-startup",
        lambda profiles: profiles.remove_startup(name, typed_path(app, path)),
    )
