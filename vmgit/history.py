"""Reads a session from the log, with the sessions that it was forked from.

A fork's stream begins where its parent's was at that time, so its state is the fold of several
streams. It stands apart from the fold, which is pure and knows no log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .errors import NotFoundError, UnavailableError
from .events.envelope import StoredEvent
from .events.registry import decode
from .events.session import Forked
from .state import SessionState, fold


class Log(Protocol):
    """The part of the event log that sessions read."""

    def read(
        self, *, stream: str | None = None, after: int = 0, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        """Return events in order; see `eventlog.log.EventLog.read`."""


def read_session(log: Log, session: str) -> SessionState:
    """Return the state of the session with this full id, as the log has it now.

    Raises `NotFoundError` when there is none, and `UnavailableError` when the log does not hold all
    of a parent's events that a fork needs.
    """
    streams = [list(log.read(stream=session))]
    if not streams[0]:
        raise NotFoundError(f"there is no session {session}.", hints=["vmgit session list"])
    while isinstance(forked := decode(streams[-1][0]), Forked):
        first = streams[-1][0]
        # Versions count from 1 without gaps, so that a limit is a position in the stream.
        events = list(log.read(stream=forked.parent, limit=forked.version))
        if len(events) != forked.version or not events or events[-1].seq >= first.seq:
            raise UnavailableError(
                f"session {first.stream} was forked from {forked.parent} at version "
                f"{forked.version}, which this log does not hold.",
                details={"session": first.stream, "parent": forked.parent},
            )
        streams.append(events)
    state: SessionState | None = None
    for events in reversed(streams):
        state = fold(events, state)
    if state is None:
        raise ValueError("a chain of streams begins with one")
    return state
