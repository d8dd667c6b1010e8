"""`vmgit profile set`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app

if TYPE_CHECKING:
    from vmgit.profile import LoadedProfile


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
    from .edit import change

    change(app, "profile set", name, assignments, _meanings)


def _meanings(loaded: LoadedProfile, key: tuple[str, ...], text: str) -> list[Any]:
    from vmgit.profile_edit import readings

    return readings(text)
