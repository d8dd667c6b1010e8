"""`vmgit profile new`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app, utf8


@click.command(short_help="Make a profile.")
@click.argument("name")
@click.option("--extends", metavar="PROFILE", help="Its settings apply where NAME is silent.")
@click.option("--description", metavar="TEXT", help="One line for people.")
@json_option
@pass_app
def new(app: App, name: str, extends: str | None, description: str | None) -> None:
    """Write profiles/NAME.toml, which must not be there yet."""
    from .edit import edited

    text = utf8(description, "the description") if description is not None else None
    edited(
        app,
        "profile new",
        lambda profiles: profiles.create(name, extends=extends, description=text),
        made=True,
    )
