"""`Workspace.profiles`: the profiles of the worktree, or of a revision."""

from __future__ import annotations

import builtins
from typing import Any

import msgspec

from vmgit.documents import ProfileCheckDocument, ProfileDocument, ProfileSummaryDocument
from vmgit.errors import RefusedError, VmgitError
from vmgit.profile import LoadedProfile
from vmgit.profile_load import check_startup, list_profiles, load_profile
from vmgit.shared_source import SharedSource

from .profile_changes import ProfileChanges


class Profiles(ProfileChanges):
    """The profiles of a workspace; what only reads reads tracked files, or those of `rev`."""

    def list(self, *, rev: str | None = None) -> builtins.list[ProfileSummaryDocument]:
        """Return all profiles by name; one that is bad has its `error`."""
        source = self._source(rev)
        return [_summary(source, name) for name in list_profiles(source.list)]

    def get(self, name: str, *, rev: str | None = None, effective: bool = False) -> ProfileDocument:
        """Return one profile: what its file sets, or with `effective` what a session runs with.

        Raises `NotFoundError` when there is none and `RefusedError` when it is bad.
        """
        loaded = _load(self._source(rev), name)
        settings = msgspec.to_builtins(loaded.effective if effective else loaded.profile)
        return ProfileDocument(
            profile=name,
            path=loaded.path,
            chain=tuple(loaded.chain),
            digest=loaded.effective.digest(),
            settings=settings,
        )

    def check(
        self, name: str | None = None, *, rev: str | None = None
    ) -> builtins.list[ProfileCheckDocument]:
        """Return everything that is wrong with one profile, or with each.

        Raises `NotFoundError` when there is no profile of that name.
        """
        source = self._source(rev)
        names = [name] if name is not None else list_profiles(source.list)
        return [ProfileCheckDocument(one, tuple(_problems(source, one))) for one in names]


def _load(source: SharedSource, name: str) -> LoadedProfile:
    return load_profile(name, source.read, known=lambda: list_profiles(source.list))


def _summary(source: SharedSource, name: str) -> ProfileSummaryDocument:
    try:
        effective = _load(source, name).effective
    except VmgitError as error:
        return ProfileSummaryDocument(profile=name, error=error.message)
    return ProfileSummaryDocument(
        profile=name,
        description=effective.description,
        refresh=effective.refresh,
        startup=tuple(entry.path for entry in effective.startup),
        files=len(effective.startup),
    )


def _problems(source: SharedSource, name: str) -> list[dict[str, Any]]:
    try:
        check_startup(
            _load(source, name), lambda path: source.lookup(path) is not None, source.list
        )
    except RefusedError as refused:
        errors: list[dict[str, Any]] = refused.details.get("errors", [{"message": refused.message}])
        return errors
    return []
