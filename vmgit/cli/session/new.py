"""`vmgit session new`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, error, hint


@click.command(short_help="Make a session and run its startup files.")
@click.option(
    "--profile", default="default", show_default=True, metavar="PROFILE", help="What it may do."
)
@click.option("--name", metavar="NAME", help="A name, unique in the repository.")
@click.option("--at", "revision", metavar="REV", help="Use REV's files and never refresh.")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def new(app: App, profile: str, name: str | None, revision: str | None, no_wait: bool) -> int:
    """Make a session and run its startup files.

    It follows the worktree: changed startup files refresh it. Exits 1 when its startup fails; the
    session is kept and starts at the next good source.
    """
    with app.connect("session new", runs=True) as workspace:
        made = workspace.sessions.create(profile, name=name, at=revision, wait=not no_wait)
    if app.json:
        app.emit(made)
    if made.status == "crashed":
        error(f"session {made.label} has crashed: {(made.reason or '').rstrip('.')}.")
        hint("Mend the file; the next `vmgit run` or `vmgit watch` starts the session again.")
        return 1
    if not app.json:
        answer(made.label)
    return 0
