"""The envelope of an event: what every row of the log has, whatever its type.

`NewEvent` is what a caller wants to append; `StoredEvent` is a row as the log gives it back. The
payload stays the canonical JSON text that was hashed; `registry.decode` turns it into its class.
"""

from __future__ import annotations

from typing import NamedTuple


class NewEvent(NamedTuple):
    """An event to append: wire name, schema version, canonical ASCII JSON, execution `S.N`."""

    type: str
    schema: int
    payload: str
    execution: str | None = None


class StoredEvent(NamedTuple):
    """An immutable row of the log; the fields are its columns, in their order."""

    seq: int
    stream: str
    version: int
    type: str
    schema: int
    time_us: int
    execution: str | None
    actor: str
    worktree: str
    payload: str
    prev_hash: str
    hash: str
