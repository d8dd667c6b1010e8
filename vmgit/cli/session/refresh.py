"""`vmgit session refresh`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.refreshed import listed, report_refresh
from vmgit.cli.streams import answer, error


@click.command(short_help="Bring a session up to date with its files.")
@click.argument("session")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def refresh(app: App, session: str, no_wait: bool) -> int:
    """Bring a session up to date with the files it follows, as every `vmgit run -s` does first.

    Exits 1 when the refresh fails; the old generation serves on.
    """
    with app.connect("session refresh", runs=True) as workspace:
        done = workspace.sessions.refresh(session, wait=not no_wait)
    failed = done.result in ("failed", "still_failing")
    if app.json:
        app.emit(done)
    elif failed and not done.generation:
        error(f"session {session} has crashed: {(done.message or '').rstrip('.')}.")
    elif failed or done.result == "reported":
        report_refresh(done)
    elif done.result == "none":
        answer(f"generation {done.generation} is up to date")
    else:
        how = f" ({done.mode})" if done.mode else ""
        answer(f"generation {done.generation}{how}: {listed(done.changed) or 'no startup files'}")
    return 1 if failed else 0
