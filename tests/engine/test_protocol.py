"""Frames: strict, capped, whole whatever the pieces they arrive in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine import protocol
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.protocol import FrameBuffer, ProtocolError
from vmgit.outcome import Fault, Value

FROM_WORKER = [
    protocol.Ready({"rlimits": "on"}, "dukpy"),
    protocol.Opened(),
    protocol.Line("warn", "text\n\0é"),
    protocol.Lookup("lib/a.js"),
    protocol.Read("00ff"),
    protocol.Call("kv.get", {"key": "a"}),
    protocol.Done(5, ((1, 2),), {"a.js": None}, Value("number", "1", 1), None),
    protocol.Done(5, (), {}, Value("undefined", "undefined"), Fault("Error", "m", "s", "denied")),
    protocol.Hit("cpu_ms", 1, 2),
    protocol.Forked(7),
    protocol.Crash("why"),
]
FROM_PARENT = [
    protocol.Open(RealmConfig(hide=("eval",))),
    protocol.Run(Job("repl", "1", "0" * 32, clock=[(1, 2)])),
    protocol.Fork(),
    protocol.Found(None),
    protocol.Content(b"\xff\0"),
    protocol.Reply([1], None),
]


@pytest.mark.parametrize("frame", FROM_WORKER, ids=lambda frame: type(frame).__name__)
def test_a_frame_of_a_worker_survives(frame: protocol.WorkerFrame) -> None:
    buffer = FrameBuffer(protocol.MAX_FROM_WORKER)
    buffer.feed(protocol.encode(frame))
    body = buffer.take()
    assert body is not None
    assert protocol.decode_from_worker(body) == frame


@pytest.mark.parametrize("frame", FROM_PARENT, ids=lambda frame: type(frame).__name__)
def test_a_frame_of_a_parent_survives(frame: protocol.ParentFrame) -> None:
    body = protocol.encode(frame)[4:]
    assert protocol.encode(protocol.decode_from_parent(body))[4:] == body


@given(st.lists(st.integers(1, 9)))
def test_pieces_make_whole_frames(sizes: list[int]) -> None:
    data = b"".join(protocol.encode(frame) for frame in FROM_WORKER)
    buffer, found = FrameBuffer(1000), []
    for size in [*sizes, len(data)]:
        buffer.feed(data[:size])
        data = data[size:]
        while (body := buffer.take()) is not None:
            found.append(protocol.decode_from_worker(body))
    assert found == FROM_WORKER


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"t":"what"}',
        b'{"t":"line","level":"shout","text":"x"}',
        b'{"t":"line","level":"log"}',
        b'{"t":"line","level":"log","text":"x","more":1}',
        b'{"t":"line","level":"log","text":"\xff"}',
        b'{"t":"line","level":"log","text":"\\ud800"}',
        b'{"t":"done","cpu_us":"1"}',
        b'{"t":"done","cpu_us":-1}',
        b'{"t":"done","cpu_us":1,"clock":[[1' + b"0" * 400 + b",1]]}",
        b'{"t":"forked","pid":0}',
        b'{"t":"forked","pid":-1}',
        b'{"t":"hit","name":"other","allowed":1,"used":1}',
        b'{"t":"hit","name":"cpu_ms","allowed":1,"used":-1}',
        b'{"t":"call","op":"x","request":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_frame_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        protocol.decode_from_worker(body)


def test_a_frame_that_is_too_large_is_refused_before_it_is_received() -> None:
    buffer = FrameBuffer(10)
    buffer.feed((11).to_bytes(4, "big"))
    with pytest.raises(ProtocolError, match="11 bytes"):
        buffer.take()


def test_torn_text_cannot_be_sent() -> None:
    with pytest.raises(UnicodeEncodeError):
        protocol.encode(protocol.Line("log", "\ud800"))
