"""Chooses a version for every package that is asked for, and a folder for each.

Folders are as Node looks for them: `vendor/NAME` where one version serves all, else a folder
`node_modules` of the package that needs another. What the lock has is kept as long as it fits; a
name that ended up with several versions gets one that fits all who ask, if there is one. It
decides only: it asks `Sources` for what there is and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from vmgit.errors import NotFoundError, RefusedError, UsageError

from .names import NESTED, Requirement, SpecError, is_tag, parse_requirement
from .ranges import newest_first, satisfies
from .registry import Document
from .release import Release

#: Who asks for what the user asks for.
USER = "."
MAX_PACKAGES = 3000
MAX_DEPTH = 12
#: How often a choice may be made again so that one version serves all.
_ROUNDS = 10


class Sources(Protocol):
    """What there is to choose from."""

    def document(self, name: str) -> Document:
        """Return all versions of a package. Raises `NotFoundError`, `EnvironmentFailure`."""

    def prefetch(self, names: Iterable[str]) -> None:
        """Begin to ask for packages that `document` will be called with."""


@dataclass(slots=True)
class Placed:
    """A package in its folder; `asked_by` are paths of packages, or `USER`."""

    release: Release
    asked_by: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Plan:
    """What `vendor/` shall hold: packages by their path below it, and what people should know."""

    packages: dict[str, Placed]
    warnings: tuple[str, ...]


def visible(asker: str, folder: str, packages: Iterable[str] | Mapping[str, object]) -> str | None:
    """Return the path that `folder` means in the package at `asker`, None when it is not there."""
    home = "" if asker == USER else asker
    while home:
        path = home + NESTED + folder
        if path in packages:
            return path
        home = home.rpartition(NESTED)[0]
    return folder if folder in packages else None


def resolve(
    wanted: Mapping[str, str],
    sources: Sources,
    locked: Mapping[str, Release],
    fresh: Callable[[str], bool],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan:
    """Return where which version shall be.

    `wanted` maps folders to what the user asks for; `locked` are the releases of the lock by path,
    which are kept unless `fresh(name)`. Raises `UsageError` for what the user asks for and cannot
    have, `RefusedError` for what a package asks for and cannot have, and as `sources` does.
    """
    preferred: dict[str, str] = {}
    for _ in range(_ROUNDS):
        run = _Run(wanted, sources, locked, fresh, preferred, on_progress)
        run.place_all()
        found = run.common_versions()
        if not found:
            break
        preferred.update(found)
    return Plan(run.packages, tuple(dict.fromkeys([*run.warnings, *run.peer_warnings()])))


class _Run:
    """One walk over all that is asked for, nearest first."""

    def __init__(
        self,
        wanted: Mapping[str, str],
        sources: Sources,
        locked: Mapping[str, Release],
        fresh: Callable[[str], bool],
        preferred: Mapping[str, str],
        on_progress: Callable[[int, int], None],
    ) -> None:
        self._wanted, self._sources, self._preferred = wanted, sources, preferred
        self._on_progress = on_progress
        self._locked = {path: one for path, one in locked.items() if not fresh(one.name)}
        self._known: dict[str, list[Release]] = {}
        for release in self._locked.values():
            self._known.setdefault(release.name, []).append(release)
        self.packages: dict[str, Placed] = {}
        self.warnings: list[str] = []
        self._asked: dict[str, list[Requirement]] = {}

    def place_all(self) -> None:
        """Place what the user asks for, then what each package asks for, and so on."""
        level, done = [USER], 0
        while level:
            self._prefetch(level)
            below = []
            for asker in level:
                for folder, spec, optional in self._wishes(asker):
                    path = self._place(asker, folder, spec, optional=optional)
                    below += [path] if path is not None else []
                done += 1
                self._on_progress(done, done + len(below))
            level = below

    def _prefetch(self, askers: Iterable[str]) -> None:
        names = []
        for folder, spec, _ in chain.from_iterable(map(self._wishes, askers)):
            with suppress(SpecError):  # told when it is its turn
                names.append(parse_requirement(folder, spec).name)
        self._sources.prefetch(name for name in names if name not in self._known)

    def common_versions(self) -> dict[str, str]:
        """Return a version that fits all who ask, for names that got several versions."""
        versions: dict[str, set[str]] = {}
        for placed in self.packages.values():
            versions.setdefault(placed.release.name, set()).add(placed.release.version)
        found = {}
        for name, several in sorted(versions.items()):
            if len(several) > 1 and name not in self._preferred:
                version = self._common(name)
                if version is not None:
                    found[name] = version
        return found

    def peer_warnings(self) -> list[str]:
        """Return what the packages expect to be beside them and is not."""
        warnings = []
        for path, placed in self.packages.items():
            for folder, spec in placed.release.peers.items():
                seen = visible(path, folder, self.packages)
                there = self.packages[seen].release.version if seen is not None else None
                if there is None or not satisfies(there, spec):
                    has = "is not there" if there is None else f"is {there}"
                    warnings.append(f"{path} expects {folder}@{spec} beside it, which {has}")
        return warnings

    def _wishes(self, asker: str) -> Iterable[tuple[str, str, bool]]:
        if asker == USER:
            return [(folder, spec, False) for folder, spec in sorted(self._wanted.items())]
        release = self.packages[asker].release
        needed = [(folder, spec, False) for folder, spec in sorted(release.dependencies.items())]
        optional = sorted(release.optional.items())
        if self._locked.get(asker) is release:
            # What was left out once is tried again with its package, and not without a network.
            optional = [one for one in optional if visible(asker, one[0], self._locked)]
        return needed + [(folder, spec, True) for folder, spec in optional]

    def _place(self, asker: str, folder: str, spec: str, *, optional: bool) -> str | None:
        """See to it that `asker` finds a fitting `folder`; return the path of a new package."""
        try:
            wish = parse_requirement(folder, spec)
            seen = visible(asker, folder, self.packages)
            if seen is not None and self._fits(self.packages[seen].release, wish):
                self.packages[seen].asked_by.add(asker)
                self._asked.setdefault(wish.name, []).append(wish)
                return None
            path = folder if seen is None else asker + NESTED + folder
            settled = self._settled(asker, wish) if seen is None else None
            if settled is not None:
                path = asker + NESTED + folder
            release = settled or self._choose(wish)
            if optional and release.native:
                raise SpecError(f"{folder} is built for one platform")
        except (SpecError, NotFoundError, _NoVersion) as error:
            self._cannot(asker, f"{folder}@{spec}", error, optional=optional)
            return None
        self._check_size(path)
        self._asked.setdefault(wish.name, []).append(wish)
        self.packages[path] = Placed(release, {asker})
        if release.deprecated:
            reason = " ".join(release.deprecated.split())
            self.warnings.append(f"{path} {release.version} is deprecated: {reason[:300]}")
        return path

    def _cannot(self, asker: str, what: str, error: Exception, *, optional: bool) -> None:
        """Warn of an optional package that is left out; raise for every other."""
        if optional:
            self.warnings.append(f"{asker}: the optional {what} is left out: {error}")
            return
        if asker == USER:
            if isinstance(error, NotFoundError):
                raise error
            raise UsageError(f"{error}.", details={"package": what}) from error
        raise RefusedError(
            f"{asker} {self.packages[asker].release.version} asks for {what}: "
            f"{str(error).rstrip('.')}.",
            details={"package": asker},
        ) from error

    def _check_size(self, path: str) -> None:
        if path.count(NESTED) > MAX_DEPTH or len(self.packages) >= MAX_PACKAGES:
            raise RefusedError(
                f"the dependencies do not come to an end: at {path} there are "
                f"{len(self.packages)} packages, nested {path.count(NESTED)} deep."
            )

    def _fits(self, release: Release, wish: Requirement) -> bool:
        if release.name != wish.name:
            return False
        if not is_tag(wish.range):
            return satisfies(release.version, wish.range)
        if any(one is release for one in self._known.get(wish.name, ())):
            return True  # A tag moves; what the lock has was tagged so once.
        return self._sources.document(wish.name).tags.get(wish.range) == release.version

    def _settled(self, asker: str, wish: Requirement) -> Release | None:
        """Return the package of its own that `asker` has in the lock, if it still serves.

        It could go to the top by now, but then it would have to be fetched again.
        """
        own = self._locked.get(asker + NESTED + wish.folder)
        if own is None or wish.name in self._preferred or not self._fits(own, wish):
            return None
        return own

    def _choose(self, wish: Requirement) -> Release:
        preferred = self._preferred.get(wish.name)
        known = {release.version: release for release in self._known.get(wish.name, ())}
        if preferred is not None and not is_tag(wish.range) and satisfies(preferred, wish.range):
            return known.get(preferred) or self._sources.document(wish.name).release(preferred)
        for version in newest_first(known):
            if self._fits(known[version], wish):
                return known[version]
        document = self._sources.document(wish.name)
        return document.release(best(document, wish.range))

    def _common(self, name: str) -> str | None:
        """Return the newest version that every wish for `name` allows."""
        wishes = self._asked[name]
        if any(is_tag(wish.range) for wish in wishes):
            return None
        placed = [one.release for one in self.packages.values() if one.release.name == name]
        versions = {release.version for release in placed}
        if not all(one in self._known.get(name, ()) for one in placed):
            versions |= set(self._sources.document(name).versions)
        fitting = (
            version
            for version in newest_first(versions)
            if all(satisfies(version, wish.range) for wish in wishes)
        )
        return next(fitting, None)


class _NoVersion(Exception):
    """No version of a package is in a range."""


def best(document: Document, range_: str) -> str:
    """Return the version that npm would take: `latest` if it fits, else the newest that does.

    A deprecated one is taken only when no other fits.
    """
    latest = document.tags.get("latest")
    if is_tag(range_):
        if range_ in document.tags:
            return document.tags[range_]
        tags = ", ".join(sorted(document.tags)[:12]) or "none"
        raise _NoVersion(f"{document.name} has no dist-tag {range_}; there are: {tags}")
    if latest is not None and satisfies(latest, range_):
        return latest
    fitting = [one for one in newest_first(document.versions) if satisfies(one, range_)]
    if not fitting and range_.strip() in ("", "*") and latest is not None:
        return latest
    if not fitting:
        newest = latest or next(iter(newest_first(document.versions)), "none")
        raise _NoVersion(f"no version of {document.name} is in {range_}; the latest is {newest}")
    kept = (one for one in fitting if not document.release(one).deprecated)
    return next(kept, fitting[0])


__all__ = ["USER", "Placed", "Plan", "Sources", "best", "resolve", "visible"]
