"""`vmgit profile tighten`."""

from __future__ import annotations

import difflib

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, tell


@click.command(short_help="Show the least grants that a session needed.")
@click.argument("name")
@click.option(
    "--from", "session", metavar="SESSION", required=True, help="The session whose calls count."
)
@json_option
@pass_app
def tighten(app: App, name: str, session: str) -> None:
    """Show the least grants that the recorded host calls of SESSION needed, as a diff.

    Nothing is written: review the diff, then apply it with git apply.
    """
    from vmgit.history import read_session
    from vmgit.outcome import HostCall
    from vmgit.profile_edit import edit
    from vmgit.tighten import tightened

    from .common import load, source_at

    with app.open("profile tighten", reading=True) as workspace:
        loaded = load(source_at(workspace, None), name)
        state = read_session(workspace.log, workspace.views.find_session(session).id)
    traces = (item for one in state.executions.values() for item in one.trace)
    calls = [item for item in traces if isinstance(item, HostCall)]
    changes = tightened(loaded.effective.capabilities, calls)
    content = loaded.files[loaded.path] or b""
    after = edit(loaded.path, content, changes) if changes else content
    diff = "".join(
        difflib.unified_diff(
            content.decode("utf-8").splitlines(keepends=True),
            after.decode("utf-8").splitlines(keepends=True),
            f"a/{loaded.path}",
            f"b/{loaded.path}",
        )
    )
    if app.json:
        values = {".".join(key): value for key, value in changes}
        app.emit({"profile": name, "path": loaded.path, "values": values, "diff": diff})
    elif diff:
        answer(diff, nl=False)
    else:
        tell(f"{name} grants nothing that the session did not need.")
