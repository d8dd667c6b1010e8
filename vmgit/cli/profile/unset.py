"""`vmgit profile unset`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Take keys out of a profile.")
@click.argument("name")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@json_option
@pass_app
def unset(app: App, name: str, keys: tuple[str, ...]) -> None:
    """Take keys or tables out of a profile's file, such as limits.cpu_ms or limits.

    What the profile extends holds then, or the default.
    """
    from .edit import edited

    edited(app, "profile unset", lambda profiles: profiles.unset(name, *keys))
