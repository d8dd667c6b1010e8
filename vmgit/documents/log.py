"""The documents of the log: its events, and whether they are as written."""

from __future__ import annotations

from typing import Any

import msgspec

from vmgit.events.envelope import StoredEvent


class EventDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log with its payload as JSON; `time_us` is wall time since the epoch."""

    seq: int
    stream: str
    version: int
    type: str
    schema: int
    time_us: int
    execution: str | None
    actor: str
    worktree: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


class VerificationDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What checking the log's chain found: `events` good rows, `head` the hash of the last."""

    ok: bool
    events: int
    head: str
    first_broken: int | None
    reason: str | None


def event_document(event: StoredEvent) -> EventDocument:
    """Return a row of the log as its document."""
    fields = event._asdict()
    fields["payload"] = msgspec.json.decode(event.payload)
    return EventDocument(**fields)
