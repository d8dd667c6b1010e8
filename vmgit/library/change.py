"""Carries out one change of `vendor/`: fetches what a plan has new, and puts all in place at once.

Everything is downloaded, checked and unpacked beside `vendor/` first, so whatever fails before the
swap changes nothing. What somebody changed by hand is not destroyed unless that is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vmgit.errors import EnvironmentFailure, RefusedError

from .check import state_of
from .contents import hash_files
from .integrity import IntegrityError, strongest
from .lock import LOCK_FILE, Lock, LockedPackage, lock_bytes, locked_package
from .names import folder_name
from .resolve import Plan
from .staging import Staging
from .unpack import TarballError, unpack

if TYPE_CHECKING:
    from .registry import Registry
    from .release import Release

#: Git must not change a byte of what was hashed, whatever the user's own attributes say.
ATTRIBUTES = (
    "# Written by vmgit: libraries are stored as they were published.\n* -text -filter -ident\n"
)
_ATTRIBUTES_FILE = ".gitattributes"
#: Called with what is done, how much of it and how much there is.
Progress = Callable[[str, int, int], None]


class Change(NamedTuple):
    """One package that came, went or changed; `before` or `version` is None where there is none."""

    path: str
    name: str
    before: str | None
    version: str | None


class Changer:
    """The way from what the lock says to what a plan says."""

    def __init__(
        self,
        root: Path,
        lock: Lock,
        requested: dict[str, str],
        plan: Plan,
        registry: Callable[[], Registry],
        on_progress: Progress,
    ) -> None:
        self._root, self._vendor = root, root / "vendor"
        self._lock, self._requested, self._plan = lock, requested, plan
        self._registry = registry
        self._on_progress = on_progress

    @cached_property
    def kept(self) -> frozenset[str]:
        """The packages that stay as they are, changed by hand or not."""
        return frozenset(path for path in self._plan.packages if self._stays(path))

    @cached_property
    def new(self) -> list[str]:
        """The packages that are unpacked, parents first."""
        return sorted(set(self._plan.packages) - self.kept)

    def changes(self) -> list[Change]:
        """Return what comes, goes and changes."""
        found = []
        for path in sorted({*self._plan.packages, *self._lock.packages} - self.kept):
            before = self._lock.packages[path].version if path in self._lock.packages else None
            placed = self._plan.packages.get(path)
            release = placed.release if placed is not None else self._lock.release(path)
            after = placed.release.version if placed is not None else None
            found.append(Change(path, release.name, before, after))
        return found

    def guard(self) -> None:
        """Raise `RefusedError` when something would be lost that no registry can give back."""
        lost = [
            path
            for path in sorted(set(self._lock.packages) - self.kept)
            if state_of(self._vendor, self._lock, path) == "changed"
        ]
        foreign = [path for path in self.new if self._is_foreign(path)]
        if not lost and not foreign:
            return
        said = [f"vendor/{path} was changed by hand" for path in lost]
        said += [f"vendor/{path} is there and was not added by vmgit" for path in foreign]
        raise RefusedError(
            f"{'; '.join(said)}; nothing was done.",
            hints=["--force replaces or removes it all the same."],
            details={"changed": lost, "foreign": foreign},
        )

    def carry_out(self) -> Lock | None:
        """Fetch, unpack and swap; return the new lock, None when nothing was to be done.

        Raises `RefusedError` for packages that are not what they should be, and as the registry
        does; nothing has changed then.
        """
        if not self.new and self._settled() == self._lock:
            return None
        try:
            with Staging(self._root) as staging:
                entries = self._settled().packages | self._unpack_all(staging)
                lock = Lock(requested=self._requested, packages=entries)
                self._fill(staging, lock)
        except OSError as error:
            place = f" ({error.filename})" if error.filename else ""
            raise EnvironmentFailure(
                f"vendor/ cannot be changed: {error.strerror}{place}."
            ) from error
        return lock

    def _stays(self, path: str) -> bool:
        locked = self._lock.packages.get(path)
        if locked is None:
            return False
        release = self._plan.packages[path].release
        same = (self._lock.release(path).name, locked.version) == (release.name, release.version)
        return same and state_of(self._vendor, self._lock, path) != "missing"

    def _is_foreign(self, path: str) -> bool:
        """Whether there is something at a path that is of no package of the lock."""
        place = self._vendor / path
        if path in self._lock.packages or not os.path.lexists(place):
            return False
        if place.is_symlink() or not place.is_dir():
            return True
        # The folder may be there for the sake of packages nested in it only.
        return any(entry.name != "node_modules" for entry in place.iterdir())

    def _settled(self) -> Lock:
        """Return the lock as far as it is known without fetching."""
        entries = {}
        for path in self.kept:
            known, placed = self._lock.packages[path], self._plan.packages[path]
            entries[path] = locked_package(
                path, placed.release, known.integrity, known.files, placed.asked_by
            )
        return Lock(requested=self._requested, packages=entries)

    def _unpack_all(self, staging: Staging) -> dict[str, LockedPackage]:
        jobs: dict[tuple[str, str], tuple[Release, str, Path]] = {}
        for path in self.new:
            release, integrity = self._described(path)
            place = staging.folder / f"{len(jobs)}.tgz"
            jobs.setdefault((release.name, release.version), (release, integrity, place))
        self._download(list(jobs.values()))
        entries = {}
        for path in self.new:
            placed = self._plan.packages[path]
            release, integrity, archive = jobs[placed.release.name, placed.release.version]
            files = _unpack(archive, self._place(staging, path), path, release)
            entries[path] = locked_package(path, release, integrity, files, placed.asked_by)
        return entries

    def _described(self, path: str) -> tuple[Release, str]:
        """Return a release with the place of its tarball, and what that must hash to."""
        release = self._plan.packages[path].release
        promised = ""
        if not release.tarball and release.integrity:
            # The lock remembers the version and its hash, but not where it is.
            promised = release.integrity
            document = self._registry().document(release.name)
            if release.version not in document.versions:
                raise RefusedError(
                    f"{release.name} {release.version} of the lock is not in its registry.",
                    hints=[f"`vmgit lib update {folder_name(path)}` takes another version."],
                )
            release = document.release(release.version)
        try:
            return release, promised or strongest(release.integrity, release.shasum)
        except IntegrityError as error:
            raise RefusedError(f"{release.name} {release.version}: {error}.") from error

    def _download(self, jobs: list[tuple[Release, str, Path]]) -> None:
        self._on_progress("fetching", 0, len(jobs))
        for done, _ in enumerate(self._registry().download_all(jobs) if jobs else (), 1):
            self._on_progress("fetching", done, len(jobs))

    def _place(self, staging: Staging, path: str) -> Path:
        """Return where a new package waits until it is put in place."""
        return staging.folder / f"unpacked-{self.new.index(path)}"

    def _fill(self, staging: Staging, lock: Lock) -> None:
        """Put the next `vendor/` together and make it the one that counts."""
        replaced = {*self._lock.packages, *self.new, LOCK_FILE}
        staging.keep("", replaced)
        for path in sorted(lock.packages):
            if path in self.kept:
                staging.keep(path, replaced)
            else:
                staging.put(self._place(staging, path), path)
        attributes = staging.next / _ATTRIBUTES_FILE
        if lock.packages or lock.requested:
            staging.write(LOCK_FILE, lock_bytes(lock))
            if not attributes.exists():
                staging.write(_ATTRIBUTES_FILE, ATTRIBUTES.encode())
        elif attributes.is_file() and attributes.read_text("utf-8", "replace") == ATTRIBUTES:
            attributes.unlink()
        staging.swap()


def _unpack(archive: Path, place: Path, path: str, release: Release) -> str:
    """Unpack the package for `path` at `place` and return the hash over its files."""
    try:
        unpack(archive, place)
    except TarballError as error:
        raise RefusedError(
            f"the tarball of {release.name} {release.version} {error}.",
            details={"package": path},
        ) from error
    files = hash_files(place.parent, place.name, ())
    assert files is not None  # it was just made
    return files
