"""Reading the bytes of one profile file."""

from __future__ import annotations

import pytest

from vmgit.profile_parse import MOST_BYTES, parse_profile, profile_text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = 1\nb = '\xff'\n", "p.toml:2:6: not UTF-8: byte 0xff"),
        (b"\xef\xbb\xbfb = '\xff'\n", "p.toml:1:6: not UTF-8: byte 0xff"),
        (b"\x89PNG\r\n\x1a\n", "p.toml:1:1: not UTF-8: byte 0x89"),
        ("engine = 'dukpy'".encode("utf-16"), "p.toml:1:1: not UTF-8: byte 0xff"),
        (b"#" * (MOST_BYTES + 1), f"p.toml:1: {MOST_BYTES + 1} bytes, more than {MOST_BYTES}"),
        (b"\xff" * (MOST_BYTES + 1), f"p.toml:1: {MOST_BYTES + 1} bytes, more than {MOST_BYTES}"),
        (b"\0" * 100, "p.toml:1:1: not TOML: Invalid statement"),
    ],
)
def test_bytes_that_are_no_toml_text_are_one_error(content: bytes, message: str) -> None:
    tables, errors = parse_profile("p.toml", content)
    assert tables == {}
    assert [str(error) for error in errors] == [message]


@pytest.mark.parametrize(
    "content",
    [
        b"[limits]\nevents = 7\n",
        b"[limits]\r\nevents = 7\r\n",
        b"\xef\xbb\xbf[limits]\nevents = 7",
        b"#:schema ../schema/profile.schema.json\n\nlimits.events = 0x7 # seven",
        b"limits={events=7}",
    ],
)
def test_the_same_tables_may_be_written_in_many_ways(content: bytes) -> None:
    assert parse_profile("p.toml", content) == ({"limits": {"events": 7}}, [])


def test_lines_are_right_whatever_the_line_ends() -> None:
    _, [error] = parse_profile("p.toml", b"\xef\xbb\xbf# c\r\n\r\n[limits]\r\nevent = 7\r\n")
    assert (error.line, error.key) == (4, "limits.event")


def test_a_file_of_the_largest_size_is_read() -> None:
    content = b"engine = 'dukpy'\n".ljust(MOST_BYTES, b"#")
    assert parse_profile("p.toml", content) == ({"engine": "dukpy"}, [])


def test_an_empty_file_is_a_profile() -> None:
    assert parse_profile("p.toml", b"") == ({}, [])
    assert profile_text(None) == ""
