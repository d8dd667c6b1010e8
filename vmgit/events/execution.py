"""Payloads of the events of one execution: started, what it did, how it ended."""

from __future__ import annotations

from typing import Any

import msgspec

from vmgit.limits import Limits
from vmgit.outcome import Fault, Kind, Level, Mode, Status, Value

from .session import Origin


class Started(Origin, frozen=True, kw_only=True, omit_defaults=True):
    """`execution.started`: committed before the code runs.

    The code is blob `blob` (40-hex); it stands at `path` of tree `tree`, or inline in `text`
    where no tree holds it (the prompt). `seed` is 32 hex digits. `redact` are the patterns, by
    name, whose matches are replaced in all that is recorded of it.
    """

    number: int
    kind: Kind
    blob: str
    generation: int
    seed: str
    limits: Limits
    vmgit: str
    engine: str
    path: str | None = None
    mode: Mode = "auto"
    text: str | None = None
    args: tuple[str, ...] = ()
    redact: dict[str, str] = msgspec.field(default_factory=dict)


class Console(msgspec.Struct, frozen=True):
    """`console`: one line of output."""

    level: Level
    text: str


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """`host.call`: what was asked of the host and what it answered."""

    op: str
    request: Any
    result: Any = None
    error: Fault | None = None
    duration_us: int = 0


class Denied(msgspec.Struct, frozen=True):
    """`capability.denied`: a call without a grant."""

    op: str
    message: str


class LimitExceeded(msgspec.Struct, frozen=True):
    """`limit.exceeded`: which limit, what was allowed, what was used, in the key's own unit."""

    name: str
    allowed: int
    used: int


class Finished(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`execution.finished`: the outcome, written with all of its console and calls at once.

    `clock` holds the readings run-length encoded; `deps` the blob of each file it looked at
    (None: looked for and absent); `digest` is `Outcome.digest()`.
    """

    status: Status
    digest: str
    duration_us: int
    cpu_us: int
    value: Value | None = None
    error: Fault | None = None
    clock: tuple[tuple[int, int], ...] = ()
    deps: dict[str, str | None] = {}


class Aborted(msgspec.Struct, frozen=True):
    """`execution.aborted`: it never finished: the worker or its host died."""

    reason: str
