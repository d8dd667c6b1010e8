"""Times and durations as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from vmgit.clock import wall_us

_STEPS = ((60, "s"), (60, "min"), (24, "h"), (365, "d"))


def ago(time_us: int, now_us: int | None = None) -> str:
    """Return how long ago a moment was, such as `3 min ago`; microseconds since the epoch."""
    amount = max(0, ((wall_us() if now_us is None else now_us) - time_us) // 1_000_000)
    for size, unit in _STEPS:
        if amount < size:
            return f"{amount} {unit} ago"
        amount //= size
    return f"{amount} y ago"


def moment(time_us: int) -> str:
    """Return a moment in UTC to the millisecond, as ISO 8601."""
    stamp = datetime.fromtimestamp(time_us / 1_000_000, tz=UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def took(duration_us: int | None) -> str:
    """Return a duration, such as `1.3 ms`; a dash for one that is not known."""
    if duration_us is None:
        return "-"
    return (
        f"{duration_us / 1000:.1f} ms" if duration_us < 1_000_000 else f"{duration_us / 1e6:.2f} s"
    )
