"""One queue per session: its work runs in order, that of different sessions at the same time.

Pure threads and futures: it knows neither sessions nor HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from vmgit.api.ticket import CancelledError, Ticket
from vmgit.errors import BusyError

T = TypeVar("T")


class ClosingError(BusyError):
    """The server takes no new work, because it is about to end."""

    code = "server_closing"
    http_status = 503


@dataclass
class _Item:
    ticket: Ticket
    work: Callable[[], Any]
    answer: Future[Any]


class _Queue:
    """The work of one session; `running` is the one whose turn it is."""

    def __init__(self) -> None:
        self.waiting: deque[_Item] = deque()
        self.running: Ticket | None = None


class Queues:
    """Runs work in threads, in order within each queue.

    At most `threads` pieces run at once. `after` is called in the same thread when a queue's
    answer was given and before its next piece: what nobody waits for is done there.
    """

    def __init__(self, threads: int, after: Callable[[str], None]) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="vmgit-session")
        self._after = after
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._beside: set[Ticket] = set()
        self._closing = False
        #: The ticket that this thread works for, and the queues that its work has claimed.
        self._own = threading.local()

    def submit(self, name: str, work: Callable[[], T], ticket: Ticket, *, wait: bool) -> Future[T]:
        """Queue `work` behind what queue `name` has; the future gets its answer.

        Raises `BusyError` when it would have to wait and `wait` is false.
        """
        item = _Item(ticket, work, Future())
        with self._lock:
            self._require_open()
            queue = self._queues.get(name)
            if queue is not None:
                if not wait:
                    raise _busy(name, queue)
                queue.waiting.append(item)
                return item.answer
            queue = self._queues[name] = _Queue()
            queue.running = ticket
            self._pool.submit(self._drain, name, queue, item)
        return item.answer

    def beside(self, work: Callable[[], T], ticket: Ticket) -> Future[T]:
        """Run `work` in a thread of its own, in no queue."""
        item = _Item(ticket, work, Future())
        with self._lock:
            self._require_open()
            self._beside.add(ticket)
            self._pool.submit(self._alone, item)
        return item.answer

    def claim(self, name: str) -> None:
        """Let the work that runs in this thread have the new queue `name` too, until it ends.

        For a session that it makes, which others may see and use before it is complete.
        """
        queue = _Queue()
        queue.running = self._own.ticket
        with self._lock:
            self._queues[name] = queue
        self._own.claimed.append(name)

    def waiting(self, name: str) -> int:
        """Return how many pieces wait in a queue behind the one that runs."""
        with self._lock:
            queue = self._queues.get(name)
            return len(queue.waiting) if queue is not None else 0

    def position(self, ticket: Ticket) -> int | None:
        """Return how many pieces come before a ticket, 0 when it runs; None when it is done."""
        with self._lock:
            for queue in self._queues.values():
                if queue.running is ticket:
                    return 0
                for place, item in enumerate(queue.waiting, start=1):
                    if item.ticket is ticket:
                        return place
            return 0 if ticket in self._beside else None

    def running(self, name: str) -> Ticket | None:
        """Return the ticket whose turn it is in a queue."""
        with self._lock:
            queue = self._queues.get(name)
            return queue.running if queue is not None else None

    def lengths(self) -> list[tuple[str, Ticket | None, int]]:
        """Return each queue with the ticket whose turn it is and how many wait behind it."""
        with self._lock:
            return [(name, one.running, len(one.waiting)) for name, one in self._queues.items()]

    def tickets(self) -> list[Ticket]:
        """Return every ticket that waits or runs."""
        with self._lock:
            found = [*self._beside]
            for queue in self._queues.values():
                found += [queue.running] if queue.running is not None else []
                found += [item.ticket for item in queue.waiting]
            return found

    def cancel(self, ticket: Ticket) -> bool:
        """Cancel a ticket; one that waits leaves its queue at once. False when it is done."""
        taken = None
        with self._lock:
            for queue in self._queues.values():
                for item in queue.waiting:
                    if item.ticket is ticket:
                        taken = (queue, item)
            if taken is not None:
                taken[0].waiting.remove(taken[1])
        stopped = ticket.cancel()
        if taken is not None:
            _answer(taken[1])
        return stopped

    def refuse(self) -> None:
        """Take no new work from now on."""
        with self._lock:
            self._closing = True

    def close(self) -> None:
        """Wait until everything that was taken is answered, and end the threads."""
        self.refuse()
        self._pool.shutdown(wait=True)

    def _require_open(self) -> None:
        if self._closing:
            raise ClosingError("the server is stopping and takes no new work.")

    def _drain(self, name: str, queue: _Queue, item: _Item) -> None:
        while True:
            self._perform(item)
            self._rest(name)
            with self._lock:
                if not queue.waiting:
                    del self._queues[name]
                    return
                item = queue.waiting.popleft()
                queue.running = item.ticket

    def _perform(self, item: _Item) -> None:
        """Answer an item, and hand on the queues that its work has claimed."""
        claimed: list[str] = []
        self._own.ticket, self._own.claimed = item.ticket, claimed
        _answer(item)
        for name in claimed:
            self._rest(name)
            with self._lock:
                queue = self._queues[name]
                if not queue.waiting:
                    del self._queues[name]
                    continue
                following = queue.waiting.popleft()
                queue.running = following.ticket
            self._drain(name, queue, following)

    def _rest(self, name: str) -> None:
        try:
            self._after(name)
        except Exception:
            # The answer was given; what comes next must have its turn all the same.
            logging.getLogger(__name__).exception("after an answer of %s", name)

    def _alone(self, item: _Item) -> None:
        try:
            self._perform(item)
        finally:
            with self._lock:
                self._beside.discard(item.ticket)


def _answer(item: _Item) -> None:
    """Run a piece of work and give its answer; whatever it raises is the answer too."""
    try:
        item.ticket.begin()
        try:
            result = item.work()
        finally:
            item.ticket.end()
    except BaseException as error:
        if isinstance(error, CancelledError):
            item.ticket.end()
        item.answer.set_exception(error)
    else:
        item.answer.set_result(result)


def _busy(name: str, queue: _Queue) -> BusyError:
    execution = queue.running.execution if queue.running is not None else None
    what = f"execution {execution} runs" if execution else "another request runs"
    return BusyError(
        f"session {name} is busy: {what}, {len(queue.waiting)} wait.",
        hints=["Without --no-wait (REST: `no_wait`) it queues."],
        details={"session": name, "running": execution, "waiting": len(queue.waiting)},
        code="session_busy",
    )
