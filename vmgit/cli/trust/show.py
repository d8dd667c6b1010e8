"""`vmgit trust show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer

if TYPE_CHECKING:
    from vmgit.workspace import Workspace


@click.command(short_help="Show what profiles grant and whether it applies.")
@click.argument("name", metavar="[PROFILE]", required=False)
@click.option("--at", "revision", metavar="REV", help="What they grant in a revision.")
@json_option
@pass_app
def show(app: App, name: str | None, revision: str | None) -> None:
    """Show what profiles grant beyond console and kv, and whether it is trusted here.

    Without PROFILE: all profiles, those that were trusted and are not there now, and what
    vmgit.toml loosens.
    """
    from vmgit.cli.profile.common import names_in, source_at
    from vmgit.trust import WORKSPACE

    from .subject import lines, path_of

    with app.open("trust show") as workspace:
        if name is not None:
            rows = [_row(workspace, name, revision, strict=True)]
        else:
            names = {*names_in(source_at(workspace, revision)), *workspace.trust.names()}
            rows = [_row(workspace, one, revision) for one in (WORKSPACE, *sorted(names))]
            if rows[0]["state"] in ("none", "unknown") and not rows[0]["known"]:
                del rows[0]  # most workspaces loosen nothing, and nobody wants to hear of it
    if app.json:
        app.emit(rows)
        return
    for row in rows:
        answer(f"{path_of(row['profile'] or WORKSPACE)}: {_words(row)}")
        for line in lines(row["grants"]):
            answer(f"  {line}")


def _row(
    workspace: Workspace, subject: str, revision: str | None, *, strict: bool = False
) -> dict[str, Any]:
    """Return what needs trust of a subject, and whether it has it.

    Raises `VmgitError` for one that cannot be read, with `strict` and where nothing was trusted.
    """
    from vmgit.errors import VmgitError

    from .subject import grants_of

    store = workspace.trust
    known = len(store.of(subject))
    row: dict[str, Any] = {"profile": subject or None, "state": "none", "grants": {}}
    try:
        row["grants"] = grants_of(workspace, subject, revision)
    except VmgitError as error:
        if strict and not known:
            raise
        return {**row, "state": "unknown", "error": error.message, "known": known}
    if row["grants"]:
        row["state"] = "trusted" if store.knows(subject, row["grants"]) else "untrusted"
    return {**row, "known": known}


def _words(row: dict[str, Any]) -> str:
    known = row["known"]
    match row["state"]:
        case "none":
            words = "grants nothing beyond console and kv" if row["profile"] else "loosens nothing"
        case "trusted":
            words, known = "trusted", known - 1
        case "untrusted":
            words = f"not trusted; `vmgit trust add {row['profile'] or '--workspace'}` would trust"
        case _:
            words = str(row["error"]).rstrip(".")
    return words + (f" ({known} other content(s) trusted)" if known else "")
