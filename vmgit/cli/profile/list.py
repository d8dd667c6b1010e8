"""`vmgit profile list`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command("list", short_help="List the profiles.")
@click.option("--at", "revision", metavar="REV", help="Those of a revision.")
@json_option
@pass_app
def list_(app: App, revision: str | None) -> None:
    """List the profiles of the worktree (tracked files) or of a revision."""
    from vmgit.errors import VmgitError

    from .common import load, names_in, source_at

    rows: list[dict[str, object]] = []
    with app.open("profile list") as workspace:
        source = source_at(workspace, revision)
        for name in names_in(source):
            try:
                effective = load(source, name).effective
            except VmgitError as error:
                rows.append({"profile": name, "error": error.message})
                continue
            rows.append(
                {
                    "profile": name,
                    "description": effective.description,
                    "refresh": effective.refresh,
                    "startup": [entry.path for entry in effective.startup],
                    "files": len(effective.startup),
                }
            )
    if app.json:
        app.emit(rows)
        return
    from vmgit.cli.table import write_table

    write_table(
        ("PROFILE", "REFRESH", "STARTUP", "DESCRIPTION"),
        [
            (
                str(row["profile"]),
                str(row.get("refresh", "-")),
                str(row.get("files", "-")),
                str(row.get("error") or row["description"]),
            )
            for row in rows
        ],
    )
