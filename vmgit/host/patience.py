"""How long the calls of one execution may go on, and whether it was cancelled meanwhile.

Calls run in the parent, where the worker's own timer does not reach, so whatever waits there asks
here how long it still may. It knows no capability.
"""

from __future__ import annotations

import time

#: How often whatever waits looks whether it is to stop, s.
TICK = 0.05


class Patience:
    """A time that runs out, at once when it is stopped."""

    def __init__(self, seconds: float) -> None:
        """`seconds` count from now."""
        self._until = time.monotonic() + seconds
        self._stopped = False
        self._longer: Patience | None = None

    def left(self) -> float:
        """Return the seconds that are left, 0 when it is over."""
        if self.stopped:
            return 0.0
        left = max(0.0, self._until - time.monotonic())
        return left if self._longer is None else min(left, self._longer.left())

    @property
    def stopped(self) -> bool:
        """True after `stop`, whatever time was left."""
        return self._stopped or (self._longer is not None and self._longer.stopped)

    def stop(self) -> None:
        """Let it be over now; safe from a signal handler or another thread."""
        self._stopped = True

    def shorter(self, seconds: float) -> Patience:
        """Return a part of it that also ends after `seconds` from now."""
        part = Patience(seconds)
        part._longer = self
        return part
