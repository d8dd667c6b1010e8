"""Says in a line or two what bringing a session up to date came to."""

from __future__ import annotations

from vmgit.events.session import Refreshed, RefreshFailed
from vmgit.sessions import Update

from .streams import tell, warning


def report_update(update: Update) -> None:
    """Tell the person on stderr about a refresh that failed or that only wants to be reported."""
    failed = update.still_failing
    if isinstance(update.event, RefreshFailed):
        failed = update.event
    if failed is not None:
        served = failed.generation - 1
        # Where none serves, the command itself fails with the same words.
        if served:
            message = failed.message.rstrip(".")
            warning(f"refresh failed: {message}; generation {served} still serves.")
    elif update.reported:
        tell(f"note: changed, not refreshed: {listed(update.reported)}.")
    elif isinstance(update.event, Refreshed):
        tell(
            f"note: refreshed to generation {update.event.generation} "
            f"({update.event.mode}): {listed(update.event.changed)}."
        )


def listed(paths: tuple[str, ...], most: int = 3) -> str:
    """Return the first paths and how many more there are."""
    shown = ", ".join(paths[:most])
    return shown if len(paths) <= most else f"{shown} and {len(paths) - most} more"
