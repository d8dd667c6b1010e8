"""The frames between a realm's worker and its parent: four bytes of length, then one JSON object.

Both sides decode strictly and cap the size, because worker and parent distrust each other's
bytes: the worker runs foreign code and may have been taken over. This module knows neither
sockets nor processes.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from vmgit.engine.api import Job, RealmConfig
from vmgit.outcome import Fault, Level, Value

#: The most that a worker may send in one frame; a source text may be larger, hence the other cap.
MAX_FROM_WORKER = 32 << 20
MAX_FROM_PARENT = 512 << 20
_HEAD = 4

#: What a worker counts; larger than anything that can be, and exact in JSON everywhere.
_Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
_SoftLimit = Annotated[str, msgspec.Meta(pattern="^(cpu_ms|wall_ms|memory_mb)$")]
#: Zero and less would be a group of processes to whoever sends a signal.
_Pid = Annotated[int, msgspec.Meta(ge=1, le=(1 << 31) - 1)]


class _Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t"):
    """Base of all frames: strict, immutable, told apart by the field `t`."""


class Confine(_Frame, frozen=True, tag="confine"):
    """Parent: lock yourself in, with every layer or without the optional ones; first of all
    frames, once for a worker and all that is forked from it; answered by `Ready`.
    """

    full: bool


class Open(_Frame, frozen=True, tag="open"):
    """Parent: make the realm ready with this configuration; answered by `Opened`."""

    config: RealmConfig


class Run(_Frame, frozen=True, tag="run"):
    """Parent: run a job; answered by `Line`, `Lookup`, `Read`, `Call` ... and at last `Done`."""

    job: Job


class Fork(_Frame, frozen=True, tag="fork"):
    """Parent: fork; the child's socket travels with this frame; answered by `Forked`."""


class Figures(_Frame, frozen=True, tag="figures"):
    """Parent: the kernel's figures of a forked worker's memory travel with this frame, because it
    can open nothing itself; not answered.
    """


class Found(_Frame, frozen=True, tag="found"):
    """Parent: the answer to `Lookup`."""

    oid: str | None


class Content(_Frame, frozen=True, tag="content"):
    """Parent: the answer to `Read`; None when the source could not give it."""

    data: bytes | None


class Reply(_Frame, frozen=True, tag="reply"):
    """Parent: the answer to `Call`."""

    result: Any = None
    error: Fault | None = None


class Ready(_Frame, frozen=True, tag="ready"):
    """Worker: the prelude is booted and the sandbox layers stand as told."""

    sandbox: dict[str, str]
    engine: str


class Opened(_Frame, frozen=True, tag="opened"):
    """Worker: the realm has its configuration."""


class Line(_Frame, frozen=True, tag="line"):
    """Worker: one console call."""

    level: Level
    text: str


class Lookup(_Frame, frozen=True, tag="lookup"):
    """Worker: which blob is at this workspace path."""

    path: str


class Read(_Frame, frozen=True, tag="read"):
    """Worker: the content of a blob that `Lookup` named."""

    oid: str


class Call(_Frame, frozen=True, tag="call"):
    """Worker: a host call."""

    op: str
    request: Any


class Done(_Frame, frozen=True, tag="done"):
    """Worker: the job is at its end."""

    cpu_us: _Count
    clock: tuple[tuple[_Count, _Count], ...] = ()
    deps: dict[str, str | None] = {}
    value: Value | None = None
    error: Fault | None = None


class Hit(_Frame, frozen=True, tag="hit"):
    """Worker: a limit stopped the job; this is the worker's last frame."""

    name: _SoftLimit
    allowed: _Count
    used: _Count


class Forked(_Frame, frozen=True, tag="forked"):
    """Worker: the child's process id, None when the system gave none; how long the fork took, and
    how much memory the realm holds that both share from now on.
    """

    pid: _Pid | None
    took_us: _Count = 0
    held_kb: _Count = 0


class Crash(_Frame, frozen=True, tag="crash"):
    """Worker: something unexpected in the worker itself; this is its last frame."""

    text: str


ParentFrame = Confine | Open | Run | Fork | Figures | Found | Content | Reply
WorkerFrame = Ready | Opened | Line | Lookup | Read | Call | Done | Hit | Forked | Crash

_encoder = msgspec.json.Encoder()
_from_parent: msgspec.json.Decoder[ParentFrame] = msgspec.json.Decoder(ParentFrame)
_from_worker: msgspec.json.Decoder[WorkerFrame] = msgspec.json.Decoder(WorkerFrame)


class ProtocolError(Exception):
    """The other side sent what no honest one sends."""


def encode(frame: ParentFrame | WorkerFrame) -> bytes:
    """Return the bytes of one frame, length included.

    Raises `UnicodeEncodeError` for text with lone surrogates.
    """
    buffer = bytearray(_HEAD)
    _encoder.encode_into(frame, buffer, _HEAD)
    buffer[:_HEAD] = (len(buffer) - _HEAD).to_bytes(_HEAD, "big")
    return bytes(buffer)


class FrameBuffer:
    """Collects received bytes and cuts them into the JSON bodies of frames."""

    def __init__(self, max_bytes: int) -> None:
        self._data = bytearray()
        self._max = max_bytes

    def feed(self, data: bytes) -> None:
        """Append received bytes."""
        self._data += data

    def take(self) -> bytes | None:
        """Return the next whole body, or None; raises `ProtocolError` for an oversized one."""
        if len(self._data) < _HEAD:
            return None
        size = int.from_bytes(self._data[:_HEAD], "big")
        if size > self._max:
            raise ProtocolError(f"a frame of {size} bytes; at most {self._max} are allowed")
        if len(self._data) < _HEAD + size:
            return None
        body = bytes(self._data[_HEAD : _HEAD + size])
        del self._data[: _HEAD + size]
        return body


def decode_from_worker(body: bytes) -> WorkerFrame:
    """Return the frame of a worker. Raises `ProtocolError`."""
    try:
        return _from_worker.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ProtocolError(f"not a frame of a worker: {error}") from error


def decode_from_parent(body: bytes) -> ParentFrame:
    """Return the frame of a parent. Raises `ProtocolError`."""
    try:
        return _from_parent.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ProtocolError(f"not a frame of a parent: {error}") from error


__all__ = [
    "MAX_FROM_PARENT",
    "MAX_FROM_WORKER",
    "Call",
    "Confine",
    "Content",
    "Crash",
    "Done",
    "Figures",
    "Fork",
    "Forked",
    "Found",
    "FrameBuffer",
    "Hit",
    "Line",
    "Lookup",
    "Open",
    "Opened",
    "ParentFrame",
    "ProtocolError",
    "Read",
    "Ready",
    "Reply",
    "Run",
    "WorkerFrame",
    "decode_from_parent",
    "decode_from_worker",
    "encode",
]
