"""`vmgit trust add`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Trust what a profile grants.")
@click.argument("name", metavar="PROFILE")
@click.option("--at", "revision", metavar="REV", help="What it grants in a revision.")
@json_option
@pass_app
def add(app: App, name: str, revision: str | None) -> None:
    """Trust what PROFILE grants now, with all that it extends, on this machine.

    A change of its grants needs to be trusted again; grants trusted before stay so.
    """
    from vmgit.cli.profile.common import load, source_at
    from vmgit.trust import grants_beyond

    from .show import lines

    with app.open("trust add") as workspace:
        capabilities = load(source_at(workspace, revision), name).effective.capabilities
        grants = grants_beyond(capabilities)
        with workspace.trust.locked():
            added = workspace.trust.add(name, capabilities)
    if app.json:
        app.emit({"profile": name, "added": added, "grants": grants})
        return
    if not grants:
        answer(f"{name}: grants nothing beyond console and kv; there is nothing to trust")
        return
    answer(f"{name}: {'trusted' if added else 'was trusted already'}")
    for line in lines(grants):
        answer(f"  {line}")
