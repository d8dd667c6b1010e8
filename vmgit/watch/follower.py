"""Keeps sessions warm and refreshes them when a batch of changes is due.

What changed is decided by Git and by blob ids, never by the events that woke it up. It takes the
host lock only while it works, so that other commands take turns with it; what they appended in
between is applied first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from vmgit.errors import VmgitError
from vmgit.events.session import Origin
from vmgit.live import LiveSession, Update
from vmgit.sessions import Sessions
from vmgit.state import SessionState

from .batch import Ready as Batched
from .reports import Events, Report, Reporter

#: So many heaps stay warm; further sessions are rebuilt when a change concerns them.
WARM = 64


class Followed(Protocol):
    """What following needs of a workspace."""

    def hosting(
        self, *, wait: bool = True, on_wait: Callable[[str], None] | None = None
    ) -> AbstractContextManager[Sessions]:
        """Hold the host lock and give the sessions."""

    def snapshot_after(self, paths: Iterable[str] | None) -> Origin:
        """Return the worktree's tree, given what may have changed since the last call."""

    def followers(self) -> list[str]:
        """Return the ids of the open sessions that follow this worktree."""

    def origin_of(self, state: SessionState) -> Origin:
        """Return what a session runs against."""

    def label(self, session: str) -> str:
        """Return the name that people use for a session."""

    @property
    def log(self) -> Events:
        """The event log."""


class Follower:
    """Refreshes the sessions of one worktree; `act` once per batch."""

    def __init__(self, workspace: Followed) -> None:
        self._workspace = workspace
        self._reporter = Reporter(workspace.log, workspace.followers, workspace.label)
        self._reported: dict[str, tuple[str, ...]] = {}
        self._warm: list[LiveSession] = []

    def act(self, batch: Batched | None) -> list[Report]:
        """Bring every session up to date with the worktree and tell what that came to.

        `batch` says what may have changed; None when nothing is known, as at the start.
        """
        hints = None if batch is None or batch.git else batch.paths
        reports: list[Report] = []
        self._warm = []
        with self._workspace.hosting() as sessions:
            origin = self._workspace.snapshot_after(hints)
            for count, session in enumerate(self._workspace.followers()):
                live = sessions.get(session)
                try:
                    update = live.update(origin)
                    if count < WARM:
                        live.warm()
                        self._warm.append(live)
                    else:
                        live.drop_heap()
                except VmgitError as error:
                    reports.append(Report("failed", {_label(live): 0}, (), 0, None, error.message))
                    continue
                reports += self._off(live, update)
            return self._reporter.new() + reports

    def prepare(self) -> None:
        """Have the heaps that are warm copied ahead, so that the next refresh finds its copy made.

        To be called when everything was told; needs no lock, because it neither reads nor writes
        the log.
        """
        for live in self._warm:
            live.checkpoint()

    def _off(self, live: LiveSession, update: Update) -> list[Report]:
        """Tell once of changes that the profile says only to report."""
        before = self._reported.get(live.state.id, ())
        self._reported[live.state.id] = update.reported
        if not update.reported or update.reported == before:
            return []
        return [Report("reported", {_label(live): live.state.generation}, update.reported, 0)]


def _label(live: LiveSession) -> str:
    return live.state.label
