"""`vmgit trust revoke`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Trust nothing of a profile any more.")
@click.argument("name", metavar="[PROFILE]", required=False)
@click.option("--workspace", "of_workspace", is_flag=True, help="What vmgit.toml loosens.")
@json_option
@pass_app
def revoke(app: App, name: str | None, of_workspace: bool) -> None:
    """Forget everything that was trusted for PROFILE, which need not exist any more.

    Its sessions take no execution until their grants are trusted again. With --workspace: what
    was trusted of vmgit.toml.
    """
    from vmgit.errors import NotFoundError

    from .subject import chosen, path_of

    subject = chosen(name, of_workspace)
    with app.open("trust revoke") as workspace:
        store = workspace.trust
        with store.locked():
            count = store.revoke(subject)
        known = store.names()
    if not count:
        names = f"trusted here: {', '.join(known)}." if known else "no profile is trusted here."
        called = f"profile {subject}" if subject else path_of(subject)
        raise NotFoundError(f"nothing of {called} is trusted here.", hints=[names])
    if app.json:
        app.emit({"profile": subject or None, "revoked": count})
    else:
        answer(f"{path_of(subject)}: not trusted any more")
