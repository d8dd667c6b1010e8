"""`vmgit profile set`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command("set", short_help="Set keys of a profile.")
@click.argument("name")
@click.argument("assignments", metavar="KEY=VALUE...", nargs=-1, required=True)
@json_option
@pass_app
def set_(app: App, name: str, assignments: tuple[str, ...]) -> None:
    """Set keys of a profile's file, such as limits.cpu_ms=500; comments stay.

    VALUE is a TOML value, or text without quotes. What `vmgit profile check` would refuse is
    refused, and nothing is changed.
    """
    from .edit import edited

    edited(app, "profile set", lambda profiles: profiles.set(name, *assignments))
