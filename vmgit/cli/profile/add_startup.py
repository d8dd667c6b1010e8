"""`vmgit profile add-startup`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app

#: The modes of `profile.Mode`, in the order of its list; a test holds them equal.
MODES = ("auto", "script", "module", "commonjs")


@click.command("add-startup", short_help="Add a startup file to a profile.")
@click.argument("name")
@click.argument("path")
@click.option(
    "--order",
    metavar="N",
    type=click.IntRange(min=1),
    help="Its place, 1 for the first (default: after the last).",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="What the file is; auto follows its name and text.",
)
@json_option
@pass_app
def add_startup(app: App, name: str, path: str, order: int | None, mode: str) -> None:
    """Add a tracked file to those that run when a session of the profile starts.

    Sessions of the profile are refreshed with it, by `vmgit watch` or the next `vmgit run`.
    """
    from typing import cast

    from vmgit.profile import Mode

    from .edit import edited, typed_path

    edited(
        app,
        "profile add-startup",
        lambda profiles: profiles.add_startup(
            name, typed_path(app, path), order=order, mode=cast(Mode, mode)
        ),
    )
