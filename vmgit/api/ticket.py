"""A ticket: one wish to run something, from when it is made until its answer is there.

It is how a wish is cancelled while it waits or runs, from another thread or a signal handler, and
it carries the caller's idempotency key. It knows no queue and no HTTP.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from vmgit.clock import monotonic_us
from vmgit.errors import VmgitError

State = Literal["waiting", "running", "done"]


class CancelledError(VmgitError):
    """The wish was cancelled before it ran: nothing was recorded."""

    code = "cancelled"
    exit_code = 130
    http_status = 409


class Ticket:
    """One wish to run something. `key` is the caller's idempotency key, at most 255 characters.

    `asked` is a digest of what is asked for, so that another wish with the same key is noticed.
    """

    def __init__(self, key: str | None = None, asked: str = "") -> None:
        self.key = key
        self.asked = asked
        self.id = key or os.urandom(12).hex()
        self.state: State = "waiting"
        #: The execution that it became, once that is known.
        self.execution: str | None = None
        self.waiting_us = 0
        self._made_us = monotonic_us()
        self._cancelled = False
        # Re-entrant, because a signal handler of the same thread may cancel.
        self._lock = threading.RLock()
        self._stop: Callable[[], object] | None = None

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled it."""
        return self._cancelled

    @property
    def waited_us(self) -> int:
        """How long it has waited for its turn, microseconds."""
        return monotonic_us() - self._made_us if self.state == "waiting" else self.waiting_us

    @property
    def can_stop(self) -> bool:
        """Whether it is an execution now, or a request at a server, that can be stopped."""
        return self._stop is not None

    def cancel(self) -> bool:
        """Cancel it; return whether that came in time: it waits still, or runs and is stopped."""
        with self._lock:
            if self.state == "done":
                return False
            self._cancelled = True
            if self._stop is not None:
                self._stop()
            return True

    def begin(self) -> None:
        """Its turn has come. Raises `CancelledError` when nobody wants it any more."""
        with self._lock:
            self.waiting_us = monotonic_us() - self._made_us
            self._check()
            self.state = "running"

    @contextmanager
    def stoppable(self, stop: Callable[[], object], execution: str | None = None) -> Iterator[None]:
        """Call `stop` when it is cancelled inside the block, in which `execution` runs.

        Raises `CancelledError` when it was cancelled already.
        """
        with self._lock:
            self._check()
            self._stop, self.execution = stop, execution
        try:
            yield
        finally:
            with self._lock:
                self._stop = None

    def end(self) -> None:
        """It is answered."""
        with self._lock:
            self.state = "done"

    def _check(self) -> None:
        if self._cancelled:
            raise CancelledError("cancelled before it ran; nothing was recorded.")
