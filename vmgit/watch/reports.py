"""Refreshes as people want to hear of them: found in the log, told once, alike ones together.

It reads the log and nothing else, so that a process which refreshes nothing itself can tell too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import decode
from vmgit.events.session import Ready, Refreshed, RefreshFailed

_TOLD = ("session.ready", "session.refreshed", "session.refresh_failed")
#: Those who refresh because a file changed, and not because somebody ran something.
WATCHERS = ("watch", "serve")


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
    """The part of the event log that is read; see `eventlog.log.EventLog`."""

    def read(
        self,
        *,
        after: int = 0,
        stream: str | None = None,
        type: str | Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """Return the events of some types after a position of the log."""

    def last_seq(self) -> int:
        """Return the position of the last event."""


class Reporter:
    """Tells the refreshes that the log gets from now on.

    `followed()` gives the ids of the sessions whose refreshes count, `label(id)` the name that
    people use for one.
    """

    def __init__(
        self, log: Events, followed: Callable[[], Sequence[str]], label: Callable[[str], str]
    ) -> None:
        self._log = log
        self._followed = followed
        self._label = label
        self._seen = log.last_seq()

    def new(self) -> list[Report]:
        """Return the refreshes since the last call, whoever did them."""
        last = self._log.last_seq()
        if last == self._seen:
            return []
        events = [e for e in self._log.read(after=self._seen, type=_TOLD) if e.seq <= last]
        self._seen = last
        reports: list[Report] = []
        # The log is that of all worktrees; what happens in the others is told there.
        followed = set(self._followed()) if events else set()
        for event in events:
            report = self._report(event) if event.stream in followed else None
            if report is None:
                continue
            before = reports[-1] if reports else None
            if before is not None and _together(before, report):
                reports[-1] = msgspec.structs.replace(
                    before,
                    sessions={**before.sessions, **report.sessions},
                    duration_us=before.duration_us + report.duration_us,
                )
            else:
                reports.append(report)
        return reports

    def _report(self, event: StoredEvent) -> Report | None:
        name, actor = self._label(event.stream), event.actor
        match decode(event):
            case Refreshed() as done:
                label = {name: done.generation}
                facts = (done.changed, done.duration_us, done.mode)
                return Report("refreshed", label, *facts, actor=actor)
            case RefreshFailed() as failed:
                label = {name: failed.generation - 1}
                took, why = failed.duration_us, failed.message
                return Report("failed", label, failed.changed, took, failed.mode, why, actor)
            case Ready() as ready if actor in WATCHERS and self._had_failed(event):
                paths = tuple(entry.path for entry in ready.startup)
                label = {name: ready.generation}
                return Report("started", label, paths, ready.duration_us, None, actor=actor)
        return None

    def _had_failed(self, ready: StoredEvent) -> bool:
        """Tell a session that starts at last from one that was just made."""
        failed = self._log.read(stream=ready.stream, type="session.refresh_failed", limit=1)
        return bool(failed) and failed[0].seq < ready.seq


def _together(last: Report, report: Report) -> bool:
    """True when two sessions came to the same result for the same reason."""
    keys = ("result", "changed", "mode", "message", "actor")
    same = all(getattr(last, key) == getattr(report, key) for key in keys)
    return same and not set(last.sessions) & set(report.sessions)
