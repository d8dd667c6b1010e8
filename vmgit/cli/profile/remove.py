"""`vmgit profile remove`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, hint, warning


@click.command(short_help="Remove a profile.")
@click.argument("name")
@click.option("--force", is_flag=True, help="Also when it is in use or not committed.")
@json_option
@pass_app
def remove(app: App, name: str, force: bool) -> None:
    """Remove profiles/NAME.toml.

    Refused when another profile extends it, an open session uses it, or Git does not have what the
    file says.
    """
    from vmgit.api.profiles import Profiles

    with app.open("profile remove", reading=True) as workspace:
        removed = Profiles(workspace).remove(name, force=force)
    if app.json:
        app.emit(removed)
        return
    for one in removed.overridden:
        warning(f"{one}.")
    answer(f"removed {removed.path}")
    for step in removed.next:
        hint(f"next: {step}")
