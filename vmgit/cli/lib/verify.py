"""`vmgit lib verify`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, hint

_WORDS = {
    "fine": "fine",
    "changed": "changed by hand",
    "missing": "missing",
}


@click.command(short_help="Compare vendor/ with its lock.")
@json_option
@pass_app
def verify(app: App) -> int:
    """Compare every package of vendor/ with its lock, file by file; no registry is asked.

    The exit status is 1 when one was changed, is missing, or lacks a package that it needs.
    """
    from .common import library

    with library(app, "lib verify") as libraries:
        rows = libraries.verify()
    bad = [row for row in rows if row.state != "fine"]
    if app.json:
        app.emit({"ok": not bad, "packages": [row._asdict() for row in rows]})
        return 1 if bad else 0
    for row in rows:
        said = " ".join(filter(None, (_WORDS.get(row.state), row.problem)))
        answer(f"{row.path} {row.version}".rstrip() + f": {said}")
    if not rows:
        answer("vendor/ has no libraries.")
    if any(row.state == "changed" for row in rows):
        hint("`git diff -- vendor` and `git log -- vendor` tell what was changed.")
    if any(row.state in ("missing", "unmet") for row in rows):
        hint("`vmgit lib update` restores what is missing.")
    return 1 if bad else 0
