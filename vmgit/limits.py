"""The six limits of a profile, as one type for the profile, the engine and the log.

It stands at the bottom because the profile (what is allowed) and the worker (what enforces it)
both need it and must not import each other.
"""

from __future__ import annotations

from typing import Annotated

import msgspec


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one execution may use; every field is enforced."""

    cpu_ms: Annotated[
        int, msgspec.Meta(ge=10, le=600_000, description="CPU time of one execution, ms")
    ] = 2000
    wall_ms: Annotated[
        int, msgspec.Meta(ge=10, le=3_600_000, description="Wall time of one execution, ms")
    ] = 5000
    memory_mb: Annotated[
        int, msgspec.Meta(ge=16, le=120, description="Heap of the session, MiB")
    ] = 64
    output_kb: Annotated[
        int, msgspec.Meta(ge=1, le=16_384, description="Console text of one execution, KiB")
    ] = 256
    events: Annotated[
        int,
        msgspec.Meta(ge=1, le=1_000_000, description="Console and host calls of one execution"),
    ] = 1000
    source_kb: Annotated[
        int, msgspec.Meta(ge=1, le=65_536, description="Size of one source text, KiB")
    ] = 1024
