"""Events as bytes: as JSON, and as a frame of a stream of server-sent events.

The payload of an event is canonical JSON already and goes out as it was hashed; `EventDocument`
is the shape of all this.
"""

from __future__ import annotations

import msgspec

from vmgit.events.envelope import StoredEvent

_encoder = msgspec.json.Encoder()


def event_json(event: StoredEvent) -> bytes:
    """Return an event as the JSON of its `EventDocument`."""
    fields = event._asdict()
    fields["payload"] = msgspec.Raw(event.payload.encode("ascii"))
    return _encoder.encode(fields)


def events_json(events: list[StoredEvent]) -> bytes:
    """Return events as a JSON array."""
    return b"[" + b",".join(event_json(event) for event in events) + b"]"


def frame(event: StoredEvent) -> bytes:
    """Return an event as a frame; its id is its seq, from which a stream can be taken up again."""
    return b"id: %d\ndata: %b\n\n" % (event.seq, event_json(event))


def place(seq: int) -> bytes:
    """Return a frame that shows nothing and tells a client that it has all events up to `seq`."""
    return b": nothing new\nid: %d\n\n" % seq
