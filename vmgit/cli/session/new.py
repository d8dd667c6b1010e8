"""`vmgit session new`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.session.names import check_name
from vmgit.cli.streams import answer, error, hint, waiting


@click.command(short_help="Make a session and run its startup files.")
@click.option(
    "--profile", default="default", show_default=True, metavar="PROFILE", help="What it may do."
)
@click.option(
    "--name", metavar="NAME", callback=check_name, help="A name, unique in the repository."
)
@click.option("--at", "revision", metavar="REV", help="Use REV's files and never refresh.")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@pass_app
def new(app: App, profile: str, name: str | None, revision: str | None, no_wait: bool) -> int:
    """Make a session and run its startup files.

    It follows the worktree: changed startup files refresh it. Exits 1 when its startup fails; the
    session is kept and starts at the next good source.
    """
    from vmgit.engine.process import WorkerRealm

    with (
        app.open("session new", worker=WorkerRealm.spawn()) as workspace,
        workspace.hosting(wait=not no_wait, on_wait=waiting) as sessions,
    ):
        origin = workspace.snapshot() if revision is None else workspace.at(revision)
        live = sessions.create(profile, origin, name=name, pinned=revision)
        state = live.state
    if app.json:
        from vmgit.documents import session_document

        app.emit(session_document(state))
    if state.failed is not None:
        error(f"session {state.label} has crashed: {state.failed.message.rstrip('.')}.")
        hint("Mend the file; the next `vmgit run` or `vmgit watch` starts the session again.")
        return 1
    if not app.json:
        answer(state.label)
    return 0
