"""The tickets that a server gave out: found again by their id, also for a while after the end."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from vmgit.api.ticket import Ticket
from vmgit.errors import NotFoundError

#: So many tickets that are done are remembered.
_DONE = 1000


@dataclass(frozen=True)
class Given:
    """A ticket, whose session it concerns (None: one that is made for it), and its answer."""

    ticket: Ticket
    session: str | None
    answer: Future[Any]


class Tickets:
    """Every ticket that waits or runs, and the last ones that are done. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: OrderedDict[str, Given] = OrderedDict()

    def add(self, given: Given) -> None:
        """Remember a ticket."""
        with self._lock:
            self._given[given.ticket.id] = given
            done = [name for name, one in self._given.items() if one.answer.done()]
            for name in done[: max(len(self._given) - _DONE, 0)]:
                del self._given[name]

    def find(self, id: str) -> Given | None:
        """Return a ticket by its id, None when it is not known (any more)."""
        with self._lock:
            return self._given.get(id)

    def get(self, id: str) -> Given:
        """Return a ticket by its id. Raises `NotFoundError`."""
        found = self.find(id)
        if found is None:
            raise NotFoundError(f"there is no ticket {id!r}.", details={"ticket": id})
        return found
