"""`vmgit trust revoke`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Trust nothing of a profile any more.")
@click.argument("name", metavar="PROFILE")
@json_option
@pass_app
def revoke(app: App, name: str) -> None:
    """Forget everything that was trusted for PROFILE, which need not exist any more.

    Its sessions take no execution until their grants are trusted again.
    """
    from vmgit.errors import NotFoundError

    with app.open("trust revoke") as workspace:
        store = workspace.trust
        with store.locked():
            count = store.revoke(name)
        known = store.names()
    if not count:
        names = f"trusted here: {', '.join(known)}." if known else "no profile is trusted here."
        raise NotFoundError(f"nothing of profile {name} is trusted here.", hints=[names])
    if app.json:
        app.emit({"profile": name, "revoked": count})
    else:
        answer(f"{name}: not trusted any more")
