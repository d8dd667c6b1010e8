from __future__ import annotations

import json
import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.watch.messages import (
    Degraded,
    GitChanged,
    Message,
    Paths,
    Recovered,
    Rescan,
    Started,
    decode,
    encode,
)

MESSAGES = [
    Started("events"),
    Paths(("a.js", "ü\n.js")),
    GitChanged(("HEAD", "index")),
    Rescan("overflow"),
    Degraded("slow"),
    Recovered(),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_line_and_back(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == message


@given(st.lists(st.binary(min_size=1)))
def test_any_name_a_file_can_have(names: list[bytes]) -> None:
    paths = Paths(tuple(os.fsdecode(name) for name in names))
    assert [os.fsencode(path) for path in decode(encode(paths)).paths] == names  # type: ignore[union-attr]


def test_the_wire_form() -> None:
    assert encode(Paths(("a.js",))) == b'{"t":"paths","paths":["a.js"]}\n'


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"t":"new"}', b'{"t":"paths","paths":1}'])
def test_what_is_no_message(line: bytes) -> None:
    with pytest.raises((json.JSONDecodeError, msgspec.ValidationError)):
        decode(line)
