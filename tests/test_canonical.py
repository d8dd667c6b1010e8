"""Canonical JSON: one byte sequence for one value, and nothing that JSON does not have."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.canonical import canonical_digest, canonical_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_text_is_ascii_sorted_and_without_whitespace() -> None:
    value = {"z": [1, 2.5, None, True], "ä": "é\n\U0001f600", "a": {"c": 1, "b": 2}}
    assert canonical_json(value) == (
        '{"a":{"b":2,"c":1},"z":[1,2.5,null,true],"\\u00e4":"\\u00e9\\n\\ud83d\\ude00"}'
    )


@given(VALUES)
def test_it_reads_back_as_the_same_value(value: Any) -> None:
    text = canonical_json(value)
    assert text.isascii()
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_json(dict(reversed(list(value.items())))) == canonical_json(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_what_json_has_no_number_for_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), {("a",): 1}])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_minus_zero_and_whole_floats_stay_apart_from_integers() -> None:
    assert [canonical_json(value) for value in (0, 0.0, -0.0, 1, 1.0)] == [
        "0",
        "0.0",
        "-0.0",
        "1",
        "1.0",
    ]


def test_the_digest_is_of_the_canonical_bytes() -> None:
    expected = hashlib.sha256(b'{"a":1,"b":[]}').hexdigest()
    assert canonical_digest({"b": [], "a": 1}) == expected
