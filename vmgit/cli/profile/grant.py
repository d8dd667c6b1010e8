"""`vmgit profile grant`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Add grants to a profile.")
@click.argument("name")
@click.argument("grants", metavar="KEY=VALUE...", nargs=-1, required=True)
@json_option
@pass_app
def grant(app: App, name: str, grants: tuple[str, ...]) -> None:
    """Add grants to a profile's file, such as fs.read='data/**' or exec=git; comments stay.

    KEY is one of [capabilities]. VALUE joins the list that is there; a TOML array adds all of it.
    Grants beyond console and kv apply after `vmgit trust add`.
    """
    from .edit import edited

    edited(app, "profile grant", lambda profiles: profiles.grant(name, *grants))
