"""Reads, checks and writes the profile files of a worktree.

A change is a list of steps, each of which sees the profile as the steps before it left it. The
file is written only when all of them, and the whole, hold. It knows no command line and no
session; which changes there are is said by the modules beside it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from vmgit.errors import BusyError, EnvironmentFailure, RefusedError, UsageError, VmgitError
from vmgit.host.beneath import Beneath
from vmgit.hostlock import hold
from vmgit.profile import PROFILE_NAME, Capabilities, LoadedProfile
from vmgit.profile_documents import ProfileEditedDocument
from vmgit.profile_edit import ABSENT, Change, edit
from vmgit.profile_load import FOLDER, check_startup, list_profiles, load_profile, profile_path
from vmgit.profile_parse import MOST_BYTES, parse_profile

from .plain import value_of

#: A folder with more files than this holds something else than profiles.
_MOST_FILES = 10_000


class Tree(Protocol):
    """The tracked files of a worktree, or those of a commit; see `git.source.TreeSource`."""

    def lookup(self, path: str) -> str | None:
        """Return the blob oid of the regular file at `path`, or None."""

    def read(self, path: str) -> bytes | None:
        """Return the content of the file at `path`, or None where there is none."""

    def list(self, folder: str = "") -> list[str]:
        """Return the names in `folder`, none where there is no such folder."""


class Current(NamedTuple):
    """A profile as it is between two steps: loaded, and the tables of its own file."""

    loaded: LoadedProfile
    tables: dict[str, Any]
    tree: Tree


class Proposal(NamedTuple):
    """A key to set and what its value may mean; the first that the schema takes is taken."""

    key: tuple[str, ...]
    values: Sequence[Any]


#: One change that somebody wants, given the profile as it is by then. Raises `UsageError`.
Step = Callable[[Current], Sequence[Proposal]]


class ProfileEditor:
    """The profiles of the workspace folder `root`, for whoever changes them."""

    def __init__(
        self,
        root: Path,
        *,
        lock: Path,
        tree: Callable[[], Tree],
        ignores: Callable[[str], bool],
        trusts: Callable[[str, Capabilities], bool],
    ) -> None:
        """`lock` is a file of this worktree, outside of it; `tree` gives the tracked files as they
        are now; `ignores` tells whether Git ignores a workspace path, `trusts` whether the grants
        of a profile (its name) apply on this machine.
        """
        self.root = root
        self.ignores = ignores
        self._beneath = Beneath(root)
        self._lock = lock
        self.tree = tree
        self._trusts = trusts

    def change(self, name: str, steps: Sequence[Step]) -> ProfileEditedDocument:
        """Make every step in the file of profile `name`, check the whole and write it.

        The file is read from the worktree and need not be tracked yet. Raises `NotFoundError`
        when there is no such profile, `UsageError` when the result would be refused,
        `RefusedError` when the file is bad already or cannot be edited, and `BusyError` when
        somebody else wrote it meanwhile; nothing was changed then.
        """
        path = profile_path(name)
        with self.locked():
            tree = self.tree()
            before = content = self.content(name)
            loaded = self.load(name, content, tree)
            bad = _missing_startup(loaded, tree)
            made: list[Change] = []
            for step in steps:
                tables, _ = parse_profile(path, content or b"")
                for proposal in step(Current(loaded, tables, tree)):
                    content, done = _first_that_fits(path, content or b"", proposal)
                    made.append(done)
                loaded = self.reload(name, content, tree)
            if _missing_startup(loaded, tree) - bad:
                _check_startup(loaded, tree)
            if content is not None and content != before:
                self._replace(path, before, content)
        return self.document(loaded, before, made, tree)

    def document(
        self, loaded: LoadedProfile, before: bytes | None, made: Sequence[Change], tree: Tree
    ) -> ProfileEditedDocument:
        """Tell what became of a file that was `before`, by the changes that were made."""
        content = loaded.files[loaded.path]
        fresh = content != before or tree.lookup(loaded.path) is None
        following = [f"git add {shlex.quote(loaded.path)}"] if fresh else []
        if not self._trusts(loaded.name, loaded.effective.capabilities):
            following.append(f"vmgit trust add {loaded.name}")
        return ProfileEditedDocument(
            profile=loaded.name,
            path=loaded.path,
            changed=content != before,
            values={".".join(key): None if value is ABSENT else value for key, value in made},
            effective={".".join(key): value_of(loaded.effective, key) for key, _ in made},
            next=tuple(following),
        )

    def load(self, name: str, content: bytes | None, tree: Tree) -> LoadedProfile:
        """Load the profile as it is with `content` as its own file. Raises as `load_profile`."""
        own = profile_path(name)

        def read(path: str) -> bytes | None:
            return content if path == own else tree.read(path)

        try:
            return load_profile(name, read, known=lambda: list_profiles(tree.list))
        except RefusedError as error:
            raise self._with_untracked(error, own, tree) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other vmgit processes from changing profiles meanwhile, so that nothing is lost."""
        with hold(self._lock, "vmgit profile"):
            yield

    def content(self, name: str) -> bytes | None:
        """Return the worktree's file of a profile, None where there is none. Raises as `read`."""
        # Anything else than a name could lead out of the folder.
        valid = re.fullmatch(PROFILE_NAME, name) is not None
        return self.read(profile_path(name)) if valid else None

    def read(self, path: str) -> bytes | None:
        """Return the worktree's file at a profile's path, None where there is none.

        Raises `RefusedError` for what is no regular file.
        """
        try:
            return self._beneath.read(tuple(path.split("/")), MOST_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RefusedError(f"{path} cannot be changed: {error.strerror}.") from error

    def create(self, path: str, content: bytes) -> None:
        """Write a file that is not there. Raises `FileExistsError` and `EnvironmentFailure`."""
        with _written(path):
            self._beneath.reserve(tuple(path.split("/")))
            self._beneath.write(tuple(path.split("/")), content)

    def unlink(self, path: str) -> None:
        """Remove a file. Raises `EnvironmentFailure`."""
        with _written(path):
            self._beneath.remove(tuple(path.split("/")))

    def _replace(self, path: str, before: bytes | None, content: bytes) -> None:
        if self.read(path) != before:
            raise BusyError(
                f"{path} was changed by somebody else meanwhile; nothing was written.",
                hints=["Run the command again."],
                details={"path": path},
            )
        with _written(path):
            self._beneath.write(tuple(path.split("/")), content)

    def names(self) -> list[str]:
        """Return the names of the profiles in the worktree, untracked ones too, sorted."""
        try:
            files = self._beneath.list((FOLDER,), _MOST_FILES)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise EnvironmentFailure(f"{FOLDER} cannot be listed: {error.strerror}.") from error
        return list_profiles(lambda _: [name for name, _ in files])

    def reload(self, name: str, content: bytes | None, tree: Tree) -> LoadedProfile:
        """Load what somebody wants to write; what is wrong with it is a `UsageError`."""
        try:
            return self.load(name, content, tree)
        except RefusedError as error:
            raise _not_written(name, error) from error

    def _with_untracked(self, error: RefusedError, own: str, tree: Tree) -> RefusedError:
        """Add what to do about profiles that are there but not tracked."""
        files = [path for path in error.details.get("files", ()) if path != own]
        there = [path for path in files if tree.lookup(path) is None and self.read(path)]
        hints = [f"it is there but untracked: git add {shlex.quote(path)}" for path in there]
        return RefusedError(error.message, hints=[*error.hints, *hints], details=error.details)


def _first_that_fits(path: str, content: bytes, proposal: Proposal) -> tuple[bytes, Change]:
    """Return the file with the first value that the schema takes; raises what it says of it."""
    first: UsageError | None = None
    for value in proposal.values:
        try:
            return edit(path, content, [(proposal.key, value)]), (proposal.key, value)
        except UsageError as error:
            first = first or error
    if first is None:
        raise ValueError("no value was given")
    raise first


def _missing_startup(loaded: LoadedProfile, tree: Tree) -> set[str]:
    paths = {entry.path for entry in loaded.effective.startup}
    return {path for path in paths if tree.lookup(path) is None}


def _check_startup(loaded: LoadedProfile, tree: Tree) -> None:
    try:
        check_startup(loaded, lambda path: tree.lookup(path) is not None, tree.list)
    except RefusedError as error:
        raise _not_written(loaded.name, error) from error


def _not_written(name: str, error: VmgitError) -> UsageError:
    return UsageError(
        f"{profile_path(name)} was not written: {error.message}",
        hints=error.hints,
        details=error.details,
    )


@contextmanager
def _written(path: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise EnvironmentFailure(f"{path} cannot be written: {error.strerror}.") from error
