"""`vmgit profile revoke`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Take grants away from a profile.")
@click.argument("name")
@click.argument("grants", metavar="KEY[=VALUE]...", nargs=-1, required=True)
@json_option
@pass_app
def revoke(app: App, name: str, grants: tuple[str, ...]) -> None:
    """Take grants away from a profile's file, such as fs.read='data/**'; comments stay.

    KEY alone, such as fs, fs.read, exec or kv, takes away all of it, also what the profile
    inherits. What is left applies after `vmgit trust add`.
    """
    from .edit import edited

    edited(app, "profile revoke", lambda profiles: profiles.revoke(name, *grants))
