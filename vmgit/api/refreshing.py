"""What bringing a session up to date came to, as a document."""

from __future__ import annotations

from vmgit.documents import RefreshDocument, RestoredDocument
from vmgit.events.session import Ready, Refreshed, RefreshFailed, Restored
from vmgit.live import Update
from vmgit.state import SessionState


def refresh_document(update: Update, state: SessionState) -> RefreshDocument:
    """Return what `update` did to the session that is now `state`."""
    generation = state.generation
    match update.event or update.still_failing:
        case Ready() as ready:
            paths = tuple(entry.path for entry in ready.startup)
            return RefreshDocument(
                result="ready",
                generation=generation,
                changed=paths,
                duration_us=ready.duration_us,
            )
        case Refreshed() as done:
            return RefreshDocument(
                result="refreshed",
                generation=generation,
                mode=done.mode,
                changed=done.changed,
                duration_us=done.duration_us,
            )
        case RefreshFailed() as failed:
            return RefreshDocument(
                result="failed" if update.event is not None else "still_failing",
                generation=generation,
                mode=failed.mode,
                changed=failed.changed,
                message=failed.message,
                duration_us=failed.duration_us if update.event is not None else 0,
            )
    if update.reported:
        return RefreshDocument(result="reported", generation=generation, changed=update.reported)
    return RefreshDocument(result="none", generation=generation)


def restored_document(restored: Restored) -> RestoredDocument:
    """Return how a rebuild compared."""
    first = restored.first_difference
    return RestoredDocument(
        equal=restored.equal,
        total=restored.total,
        first_difference=first.execution if first is not None else None,
    )
