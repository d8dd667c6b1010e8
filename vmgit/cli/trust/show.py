"""`vmgit trust show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer

if TYPE_CHECKING:
    from vmgit.shared_source import SharedSource
    from vmgit.trust import TrustStore


@click.command(short_help="Show what profiles grant and whether it applies.")
@click.argument("name", metavar="[PROFILE]", required=False)
@click.option("--at", "revision", metavar="REV", help="What they grant in a revision.")
@json_option
@pass_app
def show(app: App, name: str | None, revision: str | None) -> None:
    """Show what profiles grant beyond console and kv, and whether it is trusted here.

    Without PROFILE: all profiles, and those that were trusted and are not there now.
    """
    from vmgit.cli.profile.common import names_in, source_at

    with app.open("trust show") as workspace:
        source = source_at(workspace, revision)
        store = workspace.trust
        names = [name] if name else sorted({*names_in(source), *store.names()})
        rows = [_row(one, source, store, strict=name is not None) for one in names]
    if app.json:
        app.emit(rows)
        return
    for row in rows:
        answer(f"{row['profile']}: {_words(row)}")
        for line in lines(row["grants"]):
            answer(f"  {line}")


def _row(name: str, source: SharedSource, store: TrustStore, *, strict: bool) -> dict[str, Any]:
    from vmgit.cli.profile.common import load
    from vmgit.errors import VmgitError
    from vmgit.trust import grants_beyond

    row: dict[str, Any] = {"profile": name, "state": "none", "grants": {}}
    try:
        capabilities = load(source, name).effective.capabilities
    except VmgitError as error:
        if strict and not store.of(name):
            raise
        return {**row, "state": "unknown", "error": error.message, "known": len(store.of(name))}
    row["grants"] = grants_beyond(capabilities)
    if row["grants"]:
        row["state"] = "trusted" if store.trusts(name, capabilities) else "untrusted"
    return {**row, "known": len(store.of(name))}


def _words(row: dict[str, Any]) -> str:
    known = row["known"]
    match row["state"]:
        case "none":
            words = "grants nothing beyond console and kv"
        case "trusted":
            words, known = "trusted", known - 1
        case "untrusted":
            words = f"not trusted; `vmgit trust add {row['profile']}` would trust"
        case _:
            words = str(row["error"]).rstrip(".")
    return words + (f" ({known} other content(s) trusted)" if known else "")


def lines(grants: dict[str, Any]) -> list[str]:
    """Return grants as lines of a profile's `[capabilities]`."""
    import json

    shown = []
    for name, value in grants.items():
        parts = value.items() if isinstance(value, dict) else [(None, value)]
        for key, item in parts:
            label = f"{name}.{key}" if key else name
            shown.append(f"{label} = {json.dumps(item)}")
    return shown
