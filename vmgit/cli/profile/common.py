"""What the profile commands share: which tree they read, and how they load from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmgit.profile import LoadedProfile
    from vmgit.shared_source import SharedSource
    from vmgit.workspace import Workspace


def source_at(workspace: Workspace, revision: str | None) -> SharedSource:
    """Return the files of a revision, or of the worktree as it is now. Nothing is pinned."""
    if revision is None:
        return workspace.source(workspace.snapshotter.take().tree)
    return workspace.source(workspace.repository.resolve(revision).tree)


def names_in(source: SharedSource) -> list[str]:
    """Return the names of the profiles of a tree, sorted."""
    from vmgit.profile_load import list_profiles

    return list_profiles(source.list)


def load(source: SharedSource, name: str) -> LoadedProfile:
    """Load a profile of a tree. Raises as `profile_load.load_profile` does."""
    from vmgit.profile_load import load_profile

    return load_profile(name, source.read, known=lambda: names_in(source))
