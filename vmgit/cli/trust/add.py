"""`vmgit trust add`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Trust what a profile grants.")
@click.argument("name", metavar="[PROFILE]", required=False)
@click.option("--workspace", "of_workspace", is_flag=True, help="What vmgit.toml loosens.")
@click.option("--at", "revision", metavar="REV", help="What it grants in a revision.")
@json_option
@pass_app
def add(app: App, name: str | None, of_workspace: bool, revision: str | None) -> None:
    """Trust what PROFILE grants now, with all that it extends, on this machine.

    With --workspace: what vmgit.toml loosens, which is sandbox = "off". A change needs to be
    trusted again; what was trusted before stays so.
    """
    from vmgit.trust import WORKSPACE

    from .subject import chosen, grants_of, lines, path_of

    subject = chosen(name, of_workspace)
    with app.open("trust add") as workspace:
        grants = grants_of(workspace, subject, revision)
        with workspace.trust.locked():
            added = workspace.trust.learn(subject, grants)
    if app.json:
        app.emit({"profile": subject or None, "added": added, "grants": grants})
        return
    called = path_of(subject)
    if not grants:
        nothing = (
            "loosens nothing" if subject == WORKSPACE else "grants nothing beyond console and kv"
        )
        answer(f"{called}: {nothing}; there is nothing to trust")
        return
    answer(f"{called}: {'trusted' if added else 'was trusted already'}")
    for line in lines(grants):
        answer(f"  {line}")
