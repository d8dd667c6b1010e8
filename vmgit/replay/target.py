"""Where a replay reads its code: the trees of the recording, or one other revision throughout.

The replayer asks the same questions of both; the answers are the whole difference between "does
it still do the same?" and "what would change?".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vmgit.errors import VmgitError
from vmgit.events.session import Ready, Refreshed, RefreshFailed
from vmgit.execution import Execution
from vmgit.heap import Services, Tree, profile_of
from vmgit.outcome import Mode
from vmgit.profile import Profile
from vmgit.profile_load import check_startup, load_profile
from vmgit.refresh.plan import dependencies

Attempt = Ready | Refreshed | RefreshFailed


@dataclass(frozen=True)
class Entry:
    """One startup file to run and the recorded execution that it is compared with, if any."""

    path: str
    mode: Mode
    recorded: Execution | None


class Target(Protocol):
    """What a replay must know about the trees that it reads."""

    label: str

    def profile(self, attempt: Attempt) -> Profile:
        """Return the effective profile of a generation. Raises `VmgitError`."""

    def entries(self, attempt: Attempt, recorded: list[Execution]) -> list[Entry]:
        """Return the startup files that a generation runs, given those it ran when recorded."""

    def tree(self, tree: str) -> Tree:
        """Return where code of the recorded tree (oid) is read. Raises `UnavailableError`."""

    def causes(self, executions: Iterable[Execution]) -> tuple[str, ...]:
        """Return the files that executions read otherwise than they were recorded."""


class AsRecorded:
    """The trees of the recording itself."""

    label = "recorded"

    def __init__(self, services: Services) -> None:
        self._services = services

    def profile(self, attempt: Attempt) -> Profile:
        """Return the recorded effective profile."""
        return profile_of(attempt.effective or {})

    def entries(self, attempt: Attempt, recorded: list[Execution]) -> list[Entry]:
        """Return just what ran."""
        return [Entry(e.started.path or "", e.started.mode, e) for e in recorded]

    def tree(self, tree: str) -> Tree:
        """Return the recorded tree."""
        return self._services.source(tree)

    def causes(self, executions: Iterable[Execution]) -> tuple[str, ...]:
        """Return nothing: no file differs."""
        return ()


class AtRevision:
    """One revision's tree at every point where the recording read the worktree's."""

    def __init__(self, services: Services, label: str, tree: str, profile: str) -> None:
        self.label = label
        self._source = services.source(tree)
        self._name = profile
        self._profile: Profile | VmgitError | None = None

    def profile(self, attempt: Attempt) -> Profile:
        """Return the revision's effective profile. Raises `VmgitError` when it is bad there."""
        if self._profile is None:
            try:
                loaded = load_profile(self._name, self._read)
                check_startup(loaded, lambda path: self._source.lookup(path) is not None)
                self._profile = loaded.effective
            except VmgitError as error:
                self._profile = error
        if isinstance(self._profile, VmgitError):
            raise self._profile
        return self._profile

    def entries(self, attempt: Attempt, recorded: list[Execution]) -> list[Entry]:
        """Return the revision's entries: all of them in a fresh realm, else from the first one
        that the recording ran again.
        """
        ran = {execution.started.path: execution for execution in recorded}
        entries = [
            Entry(entry.path, entry.mode, ran.get(entry.path))
            for entry in self.profile(attempt).startup
        ]
        if isinstance(attempt, Ready) or attempt.fresh:
            return entries
        first = next((i for i, entry in enumerate(entries) if entry.recorded), len(entries))
        return entries[first:]

    def tree(self, tree: str) -> Tree:
        """Return the revision's tree, whatever was recorded."""
        return self._source

    def causes(self, executions: Iterable[Execution]) -> tuple[str, ...]:
        """Return the files that executions read otherwise than here."""
        deps: dict[str, str | None] = {}
        for execution in executions:
            deps.update(dependencies(execution))
        return tuple(sorted(path for path, oid in deps.items() if self._source.lookup(path) != oid))

    def _read(self, path: str) -> bytes | None:
        oid = self._source.lookup(path)
        return None if oid is None else self._source.blob(oid)
