"""Where vmgit reads the time, so that every layer reads it the same way.

Wall time is for display only; order comes from the log's sequence and durations from the
monotonic clock.
"""

from __future__ import annotations

import time


def wall_us() -> int:
    """Return microseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1000


def monotonic_us() -> int:
    """Return microseconds of a clock that never goes back; only differences have a meaning."""
    return time.monotonic_ns() // 1000
