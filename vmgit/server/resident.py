"""Hosts sessions for the life of a server: the host lock is held for good and heaps stay warm.

It is an `api.host.Host`, so that the API does the same work here as in a command. At most
`max_live` heaps are kept; the least recently used one is dropped to its log.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from vmgit.api.ticket import Ticket
from vmgit.live import LiveSession
from vmgit.sessions import Sessions
from vmgit.workspace import Workspace as Parts

from .queues import ClosingError, Queues

T = TypeVar("T")

#: So many heaps stay warm.
MAX_LIVE = 64
#: Threads beside one for each warm heap: sessions that are being made, runs in fresh ones.
_SPARE_THREADS = 16


class Resident:
    """The sessions of a workspace, hosted until `close`; entering it takes the host lock."""

    def __init__(self, parts: Parts, *, max_live: int = MAX_LIVE) -> None:
        self._parts = parts
        self.max_live = max_live
        self._held = contextlib.ExitStack()
        self._sessions: Sessions | None = None
        self._lock = threading.Lock()
        #: Sessions with a heap, the least recently used first.
        self._warm: OrderedDict[str, LiveSession] = OrderedDict()
        self.queues = Queues(max_live + _SPARE_THREADS, self._rest)

    def __enter__(self) -> Resident:
        """Take the host lock. Raises `BusyError` naming who holds it, and as `hosting` does."""
        self._sessions = self._held.enter_context(self._parts.hosting(wait=False))
        self._sessions.on_begin = self.queues.claim
        self._sessions.made = self._adopt
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for what runs, then let go of the host lock; closing twice is fine."""
        self.queues.close()
        self._held.close()

    @property
    def sessions(self) -> Sessions:
        """The live sessions. Raises `RuntimeError` before the host lock is held."""
        if self._sessions is None:
            raise RuntimeError("the host lock is not held yet")
        return self._sessions

    def submit(
        self, session: str, work: Callable[[LiveSession], T], *, wait: bool, ticket: Ticket
    ) -> Future[T]:
        """Queue work on a session and return the future of its answer; see `Host.in_session`."""
        return self.queues.submit(session, lambda: work(self._live(session)), ticket, wait=wait)

    def submit_look(
        self, session: str, work: Callable[[LiveSession], T], ticket: Ticket
    ) -> Future[T]:
        """Queue work that is no use of the session, unless it gives it a heap."""

        def look() -> T:
            live = self.sessions.get(session)
            try:
                return work(live)
            finally:
                if live.is_warm:
                    self._adopt(live)

        return self.queues.submit(session, look, ticket, wait=True)

    def submit_beside(self, work: Callable[[Sessions], T], *, ticket: Ticket) -> Future[T]:
        """Run work that concerns no session yet, and return the future of its answer."""
        return self.queues.beside(lambda: work(self.sessions), ticket)

    def in_session(
        self, session: str, work: Callable[[LiveSession], T], *, wait: bool, ticket: Ticket
    ) -> T:
        """See `Host`; not to be called from work of the same session, which would wait for ever."""
        return self.submit(session, work, wait=wait, ticket=ticket).result()

    def beside(self, work: Callable[[Sessions], T], *, wait: bool, ticket: Ticket) -> T:
        """See `Host`; nothing has to wait here."""
        return self.submit_beside(work, ticket=ticket).result()

    @property
    def warm(self) -> int:
        """How many sessions have a heap."""
        with self._lock:
            return len(self._warm)

    def is_warm(self, session: str) -> bool:
        """Whether the session with this full id is in use here, so that it need not be found."""
        return session in self._warm

    def _adopt(self, live: LiveSession) -> None:
        """Count a session that was made here as used now; one of a single run ends by itself."""
        if live.state.created.ephemeral:
            return
        with self._lock:
            self._warm[live.state.id] = live
        self._shrink(live.state.id)

    def _live(self, session: str) -> LiveSession:
        """Return a session and count it as used now."""
        with self._lock:
            live = self._warm.get(session)
            if live is not None:
                self._warm.move_to_end(session)
                return live
        live = self.sessions.get(session)
        with self._lock:
            self._warm[session] = live
        return live

    def _rest(self, session: str) -> None:
        """Do what a session's next use profits from, now that its answer was given."""
        with self._lock:
            live = self._warm.get(session)
            if live is not None and live.state.ended is not None:
                del self._warm[session]
                live = None
        if live is not None:
            live.checkpoint()
        self._shrink(session)

    def _shrink(self, session: str) -> None:
        """Drop the heaps that are too many, but not that of `session`."""
        with self._lock:
            over = [name for name in self._warm if name != session]
            over = over[: max(len(self._warm) - self.max_live, 0)]
            dropped = [(name, self._warm.pop(name)) for name in over]
        for name, old in dropped:
            self._drop(name, old)

    def _drop(self, name: str, live: LiveSession) -> None:
        """Drop a heap in its session's own turn; one that is in use again keeps it."""

        def drop() -> None:
            with self._lock:
                used = name in self._warm
            if not used:
                live.drop_heap()

        with contextlib.suppress(ClosingError):
            self.queues.submit(name, drop, Ticket(), wait=True)
