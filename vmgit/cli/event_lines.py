"""An event as one line of text."""

from __future__ import annotations

import json
from typing import Any

from vmgit.events.envelope import StoredEvent

from .moments import moment

#: The fields of a payload that tell most, in this order; the rest is in `--json`.
_TELLING = (
    "name",
    "profile",
    "parent",
    "version",
    "executions",
    "back_to",
    "kind",
    "path",
    "text",
    "level",
    "op",
    "status",
    "generation",
    "mode",
    "changed",
    "message",
    "reason",
    "value",
    "error",
    "duration_us",
)
_WIDTH = 100


def event_line(event: StoredEvent) -> str:
    """Return sequence, time, stream or execution, type and the telling part of the payload."""
    payload: dict[str, Any] = json.loads(event.payload)
    told = " ".join(
        f"{key}={_short(payload[key])}" for key in _TELLING if payload.get(key) not in (None, "")
    )
    place = event.execution or event.stream
    line = f"{event.seq:>6}  {moment(event.time_us)}  {place:<12}  {event.type:<22}  {told}"
    return line.rstrip()


def _short(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("preview") or value.get("message") or value
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    if not text.isprintable():
        text = repr(text)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
