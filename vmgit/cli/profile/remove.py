"""`vmgit profile remove`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, hint, warning

if TYPE_CHECKING:
    from vmgit.workspace import Workspace


@click.command(short_help="Remove a profile.")
@click.argument("name")
@click.option("--force", is_flag=True, help="Also when it is in use or not committed.")
@json_option
@pass_app
def remove(app: App, name: str, force: bool) -> None:
    """Remove profiles/NAME.toml.

    Refused when another profile extends it, an open session uses it, or Git does not have what the
    file says.
    """
    from vmgit.profiles.remove import remove_profile

    from .common import source_at

    with app.open("profile remove", reading=True) as workspace:
        commit = workspace.repository.head().commit
        removed = remove_profile(
            workspace.profile_editor,
            name,
            sessions=_sessions(workspace, name),
            committed=source_at(workspace, commit) if commit is not None else None,
            force=force,
        )
    if app.json:
        app.emit(removed.document())
        return
    for one in removed.because:
        warning(f"{one}.")
    answer(f"removed profiles/{name}.toml")
    for step in removed.next:
        hint(f"next: {step}")


def _sessions(workspace: Workspace, name: str) -> list[str]:
    """Return the open sessions that follow this worktree with the profile."""
    rows = [workspace.views.session(one) for one in workspace.followers()]
    return [row.label for row in rows if row is not None and row.profile == name]
