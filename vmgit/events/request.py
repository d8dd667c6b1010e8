"""The payload of the event that remembers which request an appended event answers."""

from __future__ import annotations

import msgspec


class Accepted(msgspec.Struct, frozen=True):
    """`request.accepted`: the event before it in the stream answers the request with this key.

    It is written together with that event, so that a request that is sent again is known also
    after a crash. `digest` (64 hex digits) is that of what was asked.
    """

    key: str
    digest: str
