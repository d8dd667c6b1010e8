"""The documents of what only a server has: its health, its tickets, itself, its errors."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType


class HealthDocument(msgspec.Struct, frozen=True):
    """That the server lives, and its version."""

    status: Literal["ok"]
    version: str


class FailureDocument(msgspec.Struct, frozen=True):
    """Why something was refused: a stable `code`, a sentence, what to do next, and facts."""

    code: str
    message: str
    hints: tuple[str, ...]
    details: dict[str, Any]


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every answer that is an error."""

    error: FailureDocument


class TicketDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One request to run something: whether it waits, runs or is done.

    `position` counts those before it, 0 when it runs and None when it is done; `waiting_us` is how
    long it waited, microseconds; `execution` is what it became, once that is known. When it is done
    it has its `answer`, or the `error`.
    """

    ticket: str
    session: str | None
    state: Literal["waiting", "running", "done"]
    position: int | None
    waiting_us: int
    execution: str | None
    answer: Any | UnsetType = UNSET
    error: FailureDocument | UnsetType = UNSET


class QueueDocument(msgspec.Struct, frozen=True):
    """The queue of a session: the execution that runs, as far as it is one, and how many wait."""

    session: str
    running: str | None
    waiting: int


class ServerDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A server: its process, how many heaps are warm and may be, open streams of events, queues."""

    pid: int
    version: str
    started_us: int
    warm: int
    max_live: int
    streams: int
    queues: tuple[QueueDocument, ...]


class RebuiltDocument(msgspec.Struct, frozen=True):
    """What computing the projections again read: the number of `events`."""

    events: int
