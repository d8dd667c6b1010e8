"""The frame decoder, fuzzed from both sides: any bytes are frames or a `ProtocolError`.

How the bytes were cut on their way never matters, and what is kept of them is bounded.
"""

from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from fuzzing import fuzz
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine import protocol
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.protocol import FrameBuffer, ProtocolError
from vmgit.outcome import Fault, Value

MOST = 4096
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
counts = st.integers(0, 2**53 - 1)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
faults = st.none() | st.builds(Fault, text, text, text, st.none() | text)
worker_frames = st.one_of(
    st.builds(protocol.Ready, st.dictionaries(text, text, max_size=3), text),
    st.just(protocol.Opened()),
    st.builds(protocol.Line, st.sampled_from(["debug", "log", "info", "warn", "error"]), text),
    st.builds(protocol.Lookup, text),
    st.builds(protocol.Read, text),
    st.builds(protocol.Call, text, plain),
    st.builds(
        protocol.Done,
        counts,
        st.lists(st.tuples(counts, counts), max_size=3).map(tuple),
        st.dictionaries(text, st.none() | text, max_size=3),
        st.none() | st.builds(Value, text, text, plain),
        faults,
    ),
    st.builds(
        protocol.Hit, st.sampled_from(["cpu_ms", "wall_ms", "memory_mb"]), counts, counts, counts
    ),
    st.builds(protocol.Forked, st.none() | st.integers(1, 2**31 - 1), counts, counts),
    st.builds(protocol.Crash, text),
)
parent_frames = st.one_of(
    st.builds(protocol.Confine, st.booleans()),
    st.builds(protocol.Open, st.builds(RealmConfig, hide=st.tuples(text))),
    st.builds(protocol.Run, st.builds(Job, st.just("repl"), text, st.just("0" * 32))),
    st.sampled_from([protocol.Fork(), protocol.Figures()]),
    st.builds(protocol.Found, st.none() | text),
    st.builds(protocol.Content, st.none() | st.binary(max_size=20)),
    st.builds(protocol.Reply, plain, faults),
)
SIDES = [
    pytest.param(worker_frames, protocol.decode_from_worker, id="worker"),
    pytest.param(parent_frames, protocol.decode_from_parent, id="parent"),
]
Decode = Callable[[bytes], Any]


def read(pieces: list[bytes], decode: Decode) -> tuple[list[Any], str]:
    """Return the frames that came out of some pieces, and the error that ended them, if any."""
    buffer, found = FrameBuffer(MOST), []
    try:
        for piece in pieces:
            buffer.feed(piece)
            while (body := buffer.take()) is not None:
                found.append(decode(body))
    except ProtocolError as error:
        return found, str(error)
    return found, ""


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut some bytes at places; what lies outside is cut at the end."""
    ends = sorted(min(place, len(data)) for place in places)
    starts = [0, *ends]
    return [data[start:end] for start, end in zip(starts, [*ends, len(data)], strict=True)]


places = st.lists(st.integers(0, 2000), max_size=12)


@pytest.mark.parametrize(("frames", "decode"), SIDES)
def test_frames_survive_any_cutting(frames: st.SearchStrategy[Any], decode: Decode) -> None:
    @fuzz(150)
    @given(st.lists(frames, max_size=5), places)
    def check(sent: list[Any], where: list[int]) -> None:
        data = b"".join(map(protocol.encode, sent))
        found, error = read(cut(data, where), decode)
        assert error == ""
        # Compared as what is sent: a list of the sender is a tuple of the receiver.
        assert [protocol.encode(one) for one in found] == [protocol.encode(one) for one in sent]

    check()


@pytest.mark.parametrize(("frames", "decode"), SIDES)
def test_damaged_frames_are_frames_or_errors(
    frames: st.SearchStrategy[Any], decode: Decode
) -> None:
    damage = st.lists(
        st.tuples(st.integers(0, 3000), st.sampled_from(["set", "cut", "copy"]), st.binary()),
        min_size=1,
        max_size=4,
    )

    @fuzz(400)
    @given(st.lists(frames, min_size=1, max_size=3), damage, places, st.binary(max_size=8))
    def check(sent: list[Any], harm: list[Any], where: list[int], tail: bytes) -> None:
        data = bytearray(b"".join(map(protocol.encode, sent)) + tail)
        for place, how, more in harm:
            at = place % (len(data) + 1)
            if how == "set":
                data[at : at + len(more)] = more
            elif how == "cut":
                del data[at : at + len(more)]
            else:
                data[at:at] = data[: len(more)]
        whole = read([bytes(data)], decode)
        assert read(cut(bytes(data), where), decode) == whole
        for frame in whole[0]:
            protocol.encode(frame)  # whatever passed can be sent on

    check()


@pytest.mark.parametrize(("frames", "decode"), SIDES)
def test_fields_of_other_values_are_frames_or_errors(
    frames: st.SearchStrategy[Any], decode: Decode
) -> None:
    odd = st.one_of(
        plain,
        st.sampled_from([-1, 0, 2**53, 2**64, 10**400, 1.5, math.pi, "\x00", "cpu_ms", [], {}]),
        st.sampled_from([[[1, -1]], [[10**400, 1]], {"a": 1}, "0" * 32, True]),
    )

    @fuzz(300)
    @given(frames, st.integers(0, 20), odd, st.booleans())
    def check(frame: Any, which: int, value: Any, remove: bool) -> None:
        document = msgspec.to_builtins(frame)
        key = list(document)[which % len(document)]
        document |= {key: value}
        if remove:
            del document[key]
        try:
            found = decode(json.dumps(document).encode())
        except ProtocolError:
            return
        protocol.encode(found)
        if isinstance(found, protocol.Forked):
            assert found.pid is None or 0 < found.pid < 2**31
        if isinstance(found, protocol.Hit):
            assert found.name in ("cpu_ms", "wall_ms", "memory_mb")
            assert 0 <= min(found.allowed, found.used) <= max(found.allowed, found.used) < 2**53
        if isinstance(found, protocol.Done):
            assert all(0 <= number < 2**53 for pair in found.clock for number in pair)

    check()


@pytest.mark.parametrize(("_frames", "decode"), SIDES)
def test_any_bytes(_frames: st.SearchStrategy[Any], decode: Decode) -> None:
    @fuzz(300)
    @given(st.lists(st.binary(max_size=200), max_size=6))
    def check(pieces: list[bytes]) -> None:
        assert read(pieces, decode) == read([b"".join(pieces)], decode)

    check()


def test_what_is_kept_is_bounded() -> None:
    """A peer that never ends its frame makes the receiver hold one frame, not all it sends."""
    most, piece = 1 << 20, b"x" * (1 << 16)
    buffer = FrameBuffer(most)
    body = b'{"t":"opened"}'
    tracemalloc.start()
    try:
        for _ in range(200):
            buffer.feed((most).to_bytes(4, "big"))
            for _ in range(16):
                buffer.feed(piece)
                taken = buffer.take()
            assert taken == piece * 16
            buffer.feed(len(body).to_bytes(4, "big") + body)
            assert buffer.take() == body
        assert buffer.take() is None
        assert tracemalloc.get_traced_memory()[1] < 4 * most
    finally:
        tracemalloc.stop()
    buffer.feed((most + 1).to_bytes(4, "big"))
    with pytest.raises(ProtocolError, match="at most"):
        buffer.take()
