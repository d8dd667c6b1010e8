"""`vmgit lib list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app

if TYPE_CHECKING:
    from vmgit.library.lock import Lock


@click.command("list", short_help="List the packages of vendor/.")
@json_option
@pass_app
def list_(app: App) -> None:
    """List the packages of vendor/ with their versions and who asked for them."""
    from .common import library

    with library(app, "lib list") as libraries:
        lock = libraries.lock
    if app.json:
        app.emit([_row(lock, path) for path in sorted(lock.packages)])
        return
    from vmgit.cli.table import write_table

    rows = []
    for path in sorted(lock.packages):
        row = _row(lock, path)
        asked = [f"you ({row['requested']})"] if row["requested"] is not None else []
        asked += row["required_by"]
        name = path if row["name"] in path else f"{path} ({row['name']})"
        rows.append((name, row["version"], ", ".join(asked)))
    write_table(("PACKAGE", "VERSION", "ASKED FOR BY"), rows)


def _row(lock: Lock, path: str) -> dict[str, Any]:
    release = lock.release(path)
    return {
        "path": path,
        "name": release.name,
        "version": release.version,
        "requested": lock.requested.get(path),
        "required_by": [one for one in lock.packages[path].required_by if one != "."],
    }
