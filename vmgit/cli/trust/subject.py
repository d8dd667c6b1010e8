"""What can be trusted: a profile's grants, or what `vmgit.toml` loosens; and how it is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vmgit.settings import Settings
    from vmgit.workspace import Workspace


def chosen(name: str | None, of_workspace: bool) -> str:
    """Return the profile that was named, or `trust.WORKSPACE`. Raises `click.UsageError`."""
    from vmgit.trust import WORKSPACE

    if of_workspace and name is not None:
        raise click.UsageError("Name a PROFILE or say --workspace, not both.")
    if not of_workspace and not name:
        raise click.UsageError("Name a PROFILE, or say --workspace.")
    return name if name is not None else WORKSPACE


def path_of(subject: str) -> str:
    """Return what people call a subject."""
    from vmgit.git.discovery import WORKSPACE_FILE

    return subject or WORKSPACE_FILE


def grants_of(workspace: Workspace, subject: str, revision: str | None) -> dict[str, Any]:
    """Return what needs trust, of the worktree or of a revision. Raises `VmgitError`."""
    from vmgit.cli.profile.common import load, source_at
    from vmgit.trust import WORKSPACE, grants_beyond
    from vmgit.trust_settings import loosened

    if subject == WORKSPACE:
        return loosened(_settings(workspace, revision))
    return grants_beyond(load(source_at(workspace, revision), subject).effective.capabilities)


def lines(grants: dict[str, Any]) -> list[str]:
    """Return grants as lines of the file that says them."""
    shown = []
    for name, value in grants.items():
        parts = value.items() if isinstance(value, dict) else [(None, value)]
        for key, item in parts:
            label = f"{name}.{key}" if key else name
            shown.append(f"{label} = {json.dumps(item)}")
    return shown


def _settings(workspace: Workspace, revision: str | None) -> Settings:
    """Return what `vmgit.toml` says. Raises `NotFoundError` where a revision has none."""
    if revision is None:
        return workspace.settings
    from vmgit.cli.profile.common import source_at
    from vmgit.errors import NotFoundError
    from vmgit.git.discovery import WORKSPACE_FILE
    from vmgit.settings import read_settings

    content = source_at(workspace, revision).read(WORKSPACE_FILE)
    if content is None:
        raise NotFoundError(f"{revision} has no {WORKSPACE_FILE} here.")
    return read_settings(content, f"{WORKSPACE_FILE} at {revision}")
