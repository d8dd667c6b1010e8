"""How a server ends: no new work, what runs may finish for a while, then it is cancelled."""

from __future__ import annotations

import logging
import queue
import signal
import time
from types import FrameType

from .queues import Queues

_log = logging.getLogger("vmgit.server")
#: Seconds that running executions get by default.
GRACE = 10.0
#: Seconds between two looks at whether everything is answered.
_LOOK = 0.02


class Signals:
    """The signals that end a server, as messages to the main thread."""

    def __init__(self) -> None:
        # Its `put` may interrupt its own `get`, which those of other queues and events may not.
        self._came: queue.SimpleQueue[int] = queue.SimpleQueue()

    def install(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP from now on; the process is a server's and no other's."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)

    def wait(self, timeout_s: float) -> int | None:
        """Return the next signal, None when none comes in time."""
        try:
            return self._came.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def _take(self, number: int, _: FrameType | None) -> None:
        self._came.put(number)


def drain(queues: Queues, grace_s: float, signals: Signals) -> None:
    """Return when everything that was taken is answered; nothing new is taken any more.

    After `grace_s` seconds, or at the next signal, what still waits or runs is cancelled.
    """
    deadline = time.monotonic() + grace_s
    cancelled = False
    told = False
    while tickets := queues.tickets():
        if not told:
            _log.info("stopping: %d running or waiting, grace %g s", len(tickets), grace_s)
            told = True
        pressed = signals.wait(_LOOK) is not None
        if not cancelled and (pressed or time.monotonic() > deadline):
            _log.info("cancelling %d", len(tickets))
            cancelled = True
        if cancelled:
            # Again and again: what was between two steps a moment ago can be stopped now.
            for ticket in tickets:
                queues.cancel(ticket)
