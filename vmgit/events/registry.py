"""The one table of event types: wire name, schema version, class.

Wire names are stored for ever and are never Python paths; a renamed class keeps its string. A
type that this program does not know stays an `Opaque`, so that an older program can read a newer
log. A change of a payload's meaning is a new schema version and an upcaster beside it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from vmgit.canonical import canonical_json
from vmgit.errors import RefusedError

from . import execution, request, session, workspace
from .envelope import NewEvent, StoredEvent

_TYPES: dict[str, tuple[int, type[msgspec.Struct]]] = {
    "session.created": (1, session.Created),
    "session.forked": (1, session.Forked),
    "session.ready": (1, session.Ready),
    "session.refreshed": (1, session.Refreshed),
    "session.refresh_failed": (1, session.RefreshFailed),
    "session.undone": (1, session.Undone),
    "session.redone": (1, session.Redone),
    "session.restored": (1, session.Restored),
    "session.lost": (1, session.Lost),
    "session.closed": (1, session.Closed),
    "execution.started": (1, execution.Started),
    "execution.finished": (1, execution.Finished),
    "execution.aborted": (1, execution.Aborted),
    "console": (1, execution.Console),
    "host.call": (1, execution.Call),
    "limit.exceeded": (1, execution.LimitExceeded),
    "capability.denied": (1, execution.Denied),
    "request.accepted": (1, request.Accepted),
    "git.hook": (1, workspace.GitHook),
    "watch.degraded": (1, workspace.WatchDegraded),
    "watch.recovered": (1, workspace.WatchRecovered),
    "replay.started": (1, workspace.ReplayStarted),
    "replay.finished": (1, workspace.ReplayFinished),
    "replay.diverged": (1, workspace.ReplayDiverged),
    "replay.aborted": (1, workspace.ReplayAborted),
}
_NAMES = {cls: (name, schema) for name, (schema, cls) in _TYPES.items()}


class Opaque(msgspec.Struct, frozen=True):
    """The payload of an event whose type or schema version this program does not know."""

    type: str
    schema: int
    payload: dict[str, Any]


Payload = msgspec.Struct


def type_names() -> list[str]:
    """Return every wire name that this program writes, sorted."""
    return sorted(_TYPES)


def encode(payload: Payload, *, execution: str | None = None) -> NewEvent:
    """Return the event to append for a payload; `execution` is its `S.N`.

    Raises `TypeError` for a class that is not in the table.
    """
    try:
        name, schema = _NAMES[type(payload)]
    except KeyError:
        raise TypeError(f"{type(payload).__name__} is not an event payload") from None
    text = canonical_json(msgspec.to_builtins(payload))
    return NewEvent(type=name, schema=schema, payload=text, execution=execution)


def decode(event: StoredEvent) -> Payload:
    """Return the typed payload of a row, or `Opaque` for an unknown type or schema version.

    Raises `RefusedError` naming the row when a known payload does not fit its class.
    """
    known = _TYPES.get(event.type)
    try:
        if known is None or known[0] != event.schema:
            raw = msgspec.json.decode(event.payload, type=dict[str, Any])
            return Opaque(event.type, event.schema, raw)
        return msgspec.json.decode(event.payload, type=known[1])
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise RefusedError(
            f"event {event.seq} ({event.type}) does not have the shape of its type: {error}.",
            hints=["Run `vmgit journal verify` to see whether the log was changed."],
        ) from error
