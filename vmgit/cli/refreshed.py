"""Says in a line or two what bringing a session up to date came to."""

from __future__ import annotations

from vmgit.documents import RefreshDocument

from .streams import tell, warning


def report_refresh(refresh: RefreshDocument) -> None:
    """Tell the person on stderr about a refresh that failed or that only wants to be reported."""
    match refresh.result:
        case "failed" | "still_failing":
            # Where none serves, the command itself fails with the same words.
            if refresh.generation:
                message = (refresh.message or "").rstrip(".")
                serves = f"generation {refresh.generation} still serves"
                warning(f"refresh failed: {message}; {serves}.")
        case "reported":
            tell(f"note: changed, not refreshed: {listed(refresh.changed)}.")
        case "refreshed":
            tell(
                f"note: refreshed to generation {refresh.generation} "
                f"({refresh.mode}): {listed(refresh.changed)}."
            )


def listed(paths: tuple[str, ...], most: int = 3) -> str:
    """Return the first paths and how many more there are."""
    shown = ", ".join(paths[:most])
    return shown if len(paths) <= most else f"{shown} and {len(paths) - most} more"
