"""Keeps sessions warm and refreshes them when a batch of changes is due.

What changed is decided by Git and by blob ids, never by the events that woke it up. It takes the
host lock only while it works, so that other commands take turns with it; what they appended in
between is applied first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from vmgit.errors import VmgitError
from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import decode
from vmgit.events.session import Origin, Ready, Refreshed, RefreshFailed
from vmgit.live import LiveSession, Update
from vmgit.sessions import Sessions
from vmgit.state import SessionState

from .batch import Ready as Batched

#: So many heaps stay warm; further sessions are rebuilt when a change concerns them.
WARM = 64
_TOLD = ("session.ready", "session.refreshed", "session.refresh_failed")


class Report(msgspec.Struct, frozen=True):
    """One refresh, for a person: sessions that came to the same result are told together.

    `result` is `refreshed`, `started`, `failed` or `reported`; `sessions` maps each session's
    name to its generation; `actor` is who did it.
    """

    result: str
    sessions: dict[str, int]
    changed: tuple[str, ...]
    duration_us: int
    mode: str | None = None
    message: str | None = None
    actor: str = "watch"


class Events(Protocol):
    """The part of the event log that following reads; see `eventlog.log.EventLog`."""

    def read(self, *, after: int = 0, type: Sequence[str] | None = None) -> list[StoredEvent]:
        """Return the events of some types after a position of the log."""

    def last_seq(self) -> int:
        """Return the position of the last event."""


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

    @property
    def log(self) -> Events:
        """The event log."""


class Follower:
    """Refreshes the sessions of one worktree; `act` once per batch."""

    def __init__(self, workspace: Followed) -> None:
        self._workspace = workspace
        self._seen = workspace.log.last_seq()
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
            return self._told(sessions) + reports

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

    def _told(self, sessions: Sessions) -> list[Report]:
        """Return the refreshes that the log has since the last time, whoever did them."""
        events = self._workspace.log.read(after=self._seen, type=_TOLD)
        self._seen = self._workspace.log.last_seq()
        reports: list[Report] = []
        # The log is that of all worktrees; what happens in the others is told there.
        followed = set(self._workspace.followers()) if events else set()
        for event in events:
            report = _report(event, sessions) if event.stream in followed else None
            if report is None:
                continue
            last = reports[-1] if reports else None
            if last is not None and _together(last, report):
                reports[-1] = msgspec.structs.replace(
                    last,
                    sessions={**last.sessions, **report.sessions},
                    duration_us=last.duration_us + report.duration_us,
                )
            else:
                reports.append(report)
        return reports


def _report(event: StoredEvent, sessions: Sessions) -> Report | None:
    state = sessions.get(event.stream).state
    label = {state.label: state.generation}
    match decode(event):
        case Refreshed() as done:
            label = {state.label: done.generation}
            facts = (done.changed, done.duration_us, done.mode)
            return Report("refreshed", label, *facts, actor=event.actor)
        case RefreshFailed() as failed:
            label = {state.label: failed.generation - 1}
            took, why = failed.duration_us, failed.message
            return Report("failed", label, failed.changed, took, failed.mode, why, event.actor)
        case Ready() as ready if event.actor == "watch":
            paths = tuple(entry.path for entry in ready.startup)
            return Report("started", label, paths, ready.duration_us, None, actor=event.actor)
    return None


def _together(last: Report, report: Report) -> bool:
    """True when two sessions came to the same result for the same reason."""
    keys = ("result", "changed", "mode", "message", "actor")
    same = all(getattr(last, key) == getattr(report, key) for key in keys)
    return same and not set(last.sessions) & set(report.sessions)


def _label(live: LiveSession) -> str:
    return live.state.label
