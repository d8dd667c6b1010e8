"""Who runs sessions for the API: in the caller's thread here, in a server's own elsewhere.

`InlineHost` takes the host lock for each call, so that any number of processes take turns. A
server's host holds it for good and gives each session a queue (`vmgit.server`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from vmgit.live import LiveSession
from vmgit.sessions import Sessions
from vmgit.workspace import Workspace as Parts

from .ticket import Ticket

T = TypeVar("T")


class Host(Protocol):
    """Runs work on sessions, one piece at a time per session."""

    @property
    def sessions(self) -> Sessions:
        """The live sessions, for work that runs here now."""

    def in_session(
        self, session: str, work: Callable[[LiveSession], T], *, wait: bool, ticket: Ticket
    ) -> T:
        """Run `work` on the session with this full id when its turn has come.

        Raises `BusyError` when it would have to wait and `wait` is false, `CancelledError` when
        the ticket was cancelled before, and what `work` raises.
        """

    def beside(self, work: Callable[[Sessions], T], *, wait: bool, ticket: Ticket) -> T:
        """Run `work`, which concerns no session that exists yet."""


class InlineHost:
    """Runs work in the calling thread, under the host lock; threads take turns.

    `on_wait` is told who holds the lock when that takes a moment.
    """

    def __init__(self, parts: Parts, on_wait: Callable[[str], None] | None = None) -> None:
        self._parts = parts
        self._on_wait = on_wait
        self._turn = threading.RLock()

    @property
    def sessions(self) -> Sessions:
        """See `Host`."""
        return self._parts.sessions

    def in_session(
        self, session: str, work: Callable[[LiveSession], T], *, wait: bool, ticket: Ticket
    ) -> T:
        """See `Host`."""
        with self._hosting(wait, ticket) as sessions:
            return work(sessions.get(session))

    def beside(self, work: Callable[[Sessions], T], *, wait: bool, ticket: Ticket) -> T:
        """See `Host`."""
        with self._hosting(wait, ticket) as sessions:
            return work(sessions)

    @contextmanager
    def _hosting(self, wait: bool, ticket: Ticket) -> Iterator[Sessions]:
        with self._turn, self._parts.hosting(wait=wait, on_wait=self._on_wait) as sessions:
            ticket.begin()
            try:
                yield sessions
            finally:
                ticket.end()
