"""The methods of `Workspace.profiles` that change files of the worktree, and one that compares.

Each gives plain values to a step of `vmgit.profiles`. Nothing is staged or committed: a document's
`next` says what has to follow.
"""

from __future__ import annotations

from vmgit.profile import LoadedProfile, Mode
from vmgit.profile_documents import (
    ProfileDiffDocument,
    ProfileEditedDocument,
    ProfileRemovedDocument,
    ProfileSideDocument,
)
from vmgit.profile_load import list_profiles, load_profile
from vmgit.profiles.assign import assign, unset
from vmgit.profiles.create import create_profile
from vmgit.profiles.difference import differences
from vmgit.profiles.grants import grant, revoke
from vmgit.profiles.remove import remove_profile
from vmgit.profiles.startup import add_startup, remove_startup
from vmgit.shared_source import SharedSource
from vmgit.workspace import Workspace as Parts


class ProfileChanges:
    """Changes profiles. All of them raise `NotFoundError` when there is no profile of a name,
    `UsageError` when the result would be refused, `RefusedError` when the file is bad already, and
    `BusyError` when somebody else wrote it meanwhile; nothing was changed then.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def create(
        self, name: str, *, extends: str | None = None, description: str | None = None
    ) -> ProfileEditedDocument:
        """Write a new profile, whose file must not be there yet."""
        editor = self._parts.profile_editor
        return create_profile(editor, name, extends=extends, description=description)

    def remove(self, name: str, *, force: bool = False) -> ProfileRemovedDocument:
        """Remove a profile that nothing needs and that Git has, or with `force` any."""
        parts = self._parts
        with parts.lock:
            commit = parts.repository.head().commit
        return remove_profile(
            parts.profile_editor,
            name,
            sessions=[row.label for row in parts.follower_rows() if row.profile == name],
            committed=self._source(commit) if commit is not None else None,
            force=force,
        )

    def set(self, name: str, *assignments: str) -> ProfileEditedDocument:
        """Set keys, such as `limits.cpu_ms=500`; a value is TOML, or text without quotes."""
        return self._parts.profile_editor.change(name, [assign(one) for one in assignments])

    def unset(self, name: str, *keys: str) -> ProfileEditedDocument:
        """Take keys or tables out, so that the parent or the default holds."""
        return self._parts.profile_editor.change(name, [unset(one) for one in keys])

    def grant(self, name: str, *grants: str) -> ProfileEditedDocument:
        """Add grants, such as `fs.read=data/**`."""
        return self._parts.profile_editor.change(name, [grant(one) for one in grants])

    def revoke(self, name: str, *grants: str) -> ProfileEditedDocument:
        """Take grants away, such as `fs.read=data/**`, or all of `fs`."""
        return self._parts.profile_editor.change(name, [revoke(one) for one in grants])

    def add_startup(
        self, name: str, path: str, *, order: int | None = None, mode: Mode = "auto"
    ) -> ProfileEditedDocument:
        """Add the tracked file at the workspace path `path`; `order` 1 is the first."""
        editor = self._parts.profile_editor
        return editor.change(name, [add_startup(editor, path, order=order, mode=mode)])

    def remove_startup(self, name: str, path: str) -> ProfileEditedDocument:
        """Take a startup file out; the file itself stays."""
        return self._parts.profile_editor.change(name, [remove_startup(path)])

    def diff(
        self, left: str, right: str, *, left_at: str | None = None, right_at: str | None = None
    ) -> ProfileDiffDocument:
        """Compare two effective profiles, each of a revision or of the worktree."""
        one, other = self._load(left, left_at), self._load(right, right_at)
        return ProfileDiffDocument(
            ProfileSideDocument(left, left_at, one.effective.digest()),
            ProfileSideDocument(right, right_at, other.effective.digest()),
            differences(one.effective, other.effective),
        )

    def _source(self, rev: str | None) -> SharedSource:
        """Return the files of a revision, or of the worktree as it is now. Nothing is pinned."""
        parts = self._parts
        with parts.lock:
            if rev is None:
                return parts.tracked()
            return parts.source(parts.repository.resolve(rev).tree)

    def _load(self, name: str, rev: str | None) -> LoadedProfile:
        source = self._source(rev)
        return load_profile(name, source.read, known=lambda: list_profiles(source.list))
