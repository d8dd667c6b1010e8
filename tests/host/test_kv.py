"""The session's own store: what it keeps, what it refuses, and that copies are independent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmgit.host.capability import CallError
from vmgit.host.kv import MOST_DEPTH, MOST_KEY, MOST_TOTAL, MOST_VALUE, Kv, KvStore
from vmgit.outcome import Fault
from vmgit.profile import Capabilities

_NAMES = {"get": ["key"], "set": ["key", "value"], "delete": ["key"], "list": ["prefix"]}


def call(store: KvStore, operation: str, *arguments: Any) -> Any:
    named = dict(zip(_NAMES[operation], arguments, strict=False))
    return Kv(store).operations[operation](named)


def fault(store: KvStore, operation: str, *arguments: Any) -> Fault:
    with pytest.raises(CallError) as caught:
        call(store, operation, *arguments)
    return caught.value.fault


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, 2**53, "", "é😀\n\0", [], {}, [1, [2, {"a": None}]], {"b": 1, "a": 2}],
)
def test_a_value_comes_back_as_it_was_kept(value: Any) -> None:
    store = KvStore()
    assert call(store, "set", "key", value) is None
    assert call(store, "get", "key") == value
    assert repr(call(store, "get", "key")) == repr(value)


def test_a_missing_key_is_null_and_deleting_says_whether_it_was_there() -> None:
    store = KvStore()
    assert call(store, "get", "a") is None
    call(store, "set", "a", 1)
    assert call(store, "delete", "a") is True
    assert call(store, "delete", "a") is False
    assert call(store, "get", "a") is None


def test_keys_are_listed_in_the_order_of_their_code_points() -> None:
    store = KvStore()
    for key in ["b", "a2", "a10", "", "é", "Z", "😀", "\uffff", "a"]:
        call(store, "set", key, 0)
    assert call(store, "list") == ["", "Z", "a", "a10", "a2", "b", "é", "\uffff", "😀"]
    assert call(store, "list", "a") == ["a", "a10", "a2"]
    assert call(store, "list", "zz") == []


def test_what_was_kept_or_answered_is_not_shared() -> None:
    store = KvStore()
    value = {"list": [1]}
    call(store, "set", "a", value)
    value["list"].append(2)
    answer = call(store, "get", "a")
    answer["list"].append(3)
    assert call(store, "get", "a") == {"list": [1]}


def test_a_copy_is_independent_and_counts_its_own_size() -> None:
    store = KvStore()
    call(store, "set", "a", "x" * 60_000)
    twin = store.copy()
    call(store, "set", "a", 1)
    call(store, "set", "b", 1)
    call(twin, "delete", "a")
    assert call(twin, "list") == []
    assert call(store, "list") == ["a", "b"]
    # What the copy holds counts against its own limit: 16 values of 65,000 bytes fit, 17 do not.
    for number in range(16):
        call(twin, "set", f"k{number:02}", "x" * 65_000)
    assert fault(twin.copy(), "set", "more", "x" * 65_000).code == "limit"


def test_the_largest_key_and_value_fit_and_one_byte_more_does_not() -> None:
    store = KvStore()
    call(store, "set", "é" * (MOST_KEY // 2), "x" * (MOST_VALUE - 2))
    assert fault(store, "set", "k" * (MOST_KEY + 1), 1) == Fault(
        "RangeError", "kv.set: the key is 513 bytes, more than 512", code="limit"
    )
    assert fault(store, "set", "a", "x" * (MOST_VALUE - 1)) == Fault(
        "RangeError", "kv.set: the value is 65537 bytes, more than 65536", code="limit"
    )
    assert fault(store, "set", "a", "é" * 32_768).code == "limit"
    assert call(store, "list") == ["é" * 256]


def test_the_store_as_a_whole_is_limited_to_the_byte() -> None:
    store = KvStore()
    for number in range(15):
        call(store, "set", chr(65 + number), "x" * (MOST_VALUE - 2))
    left = MOST_TOTAL - 15 * (MOST_VALUE + 1)
    call(store, "set", "z", "x" * (left - 3))
    assert fault(store, "set", "y", 1) == Fault(
        "RangeError",
        f"kv.set: the store would hold {MOST_TOTAL + 2} bytes, more than 1048576",
        code="limit",
    )
    assert fault(store, "set", "z", "x" * (left - 2)).code == "limit"
    assert call(store, "get", "z") == "x" * (left - 3)
    assert call(store, "get", "y") is None
    # Replacing and deleting give the room back.
    call(store, "set", "z", "x" * (left - 5))
    call(store, "set", "y", 1)
    call(store, "delete", "A")
    call(store, "set", "a", "x" * (MOST_VALUE - 2))


def test_nesting_is_limited_whoever_calls() -> None:
    value: Any = 1
    for _ in range(MOST_DEPTH):
        value = [value]
    store = KvStore()
    call(store, "set", "a", value)
    assert fault(store, "set", "b", [value]) == Fault(
        "RangeError", "kv.set: the value is nested deeper than 100", code="limit"
    )
    assert fault(store, "set", "b", {"a": value}).code == "limit"


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("get", {}, "kv.get: expected a key, a string"),
        ("get", {"key": 1}, "kv.get: expected a key, a string"),
        ("get", {"key": None}, "kv.get: expected a key, a string"),
        ("get", {"key": "a", "more": 1}, "kv.get: expected a key, a string"),
        ("set", {"key": "a"}, "kv.set: expected a key, a string, and a JSON value"),
        ("set", {"key": ["a"], "value": 1}, "kv.set: expected a key, a string, and a JSON value"),
        (
            "set",
            {"key": "a", "value": 1, "more": 2},
            "kv.set: expected a key, a string, and a JSON value",
        ),
        (
            "set",
            {"key": "a", "value": float("nan")},
            "kv.set: expected a key, a string, and a JSON value",
        ),
        ("set", {"key": "a", "value": b""}, "kv.set: expected a key, a string, and a JSON value"),
        ("set", {"key": "\ud800", "value": 1}, "kv.set: the key holds half a surrogate pair"),
        ("set", {"key": "a", "value": ["\udfff"]}, "kv.set: the value holds half a surrogate pair"),
        ("delete", {}, "kv.delete: expected a key, a string"),
        ("delete", {"key": {}}, "kv.delete: expected a key, a string"),
        ("list", {"prefix": 1}, "kv.list: expected nothing or a prefix, a string"),
        ("list", {"key": "a"}, "kv.list: expected nothing or a prefix, a string"),
    ],
)
def test_bad_arguments_are_type_errors_and_change_nothing(
    operation: str, arguments: dict[str, Any], message: str
) -> None:
    store = KvStore()
    with pytest.raises(CallError) as caught:
        Kv(store).operations[operation](arguments)
    assert caught.value.fault == Fault("TypeError", message)
    assert call(store, "list") == []


def test_half_a_pair_can_be_asked_for_and_is_never_there() -> None:
    store = KvStore()
    assert call(store, "get", "\ud800") is None
    assert call(store, "delete", "\ud800") is False
    assert call(store, "list", "\ud800") == []


def test_the_grant_is_one_for_all_operations() -> None:
    kv = Kv(KvStore())
    for operation in kv.operations:
        assert kv.lacks(Capabilities(), operation, {}) is None
        assert kv.lacks(Capabilities(kv=False), operation, {}) == "kv = true"


_KEYS = st.sampled_from(["a", "ab", "b", "é"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8")),
    lambda below: st.lists(below) | st.dictionaries(st.text("ab"), below),
    max_leaves=5,
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.just("set"), _KEYS, _VALUES)
        | st.tuples(st.just("delete"), _KEYS)
        | st.tuples(st.just("get"), _KEYS)
        | st.tuples(st.just("list"), st.sampled_from(["", "a"]))
    )
)
def test_any_sequence_answers_like_a_dict_and_the_same_on_a_copy(
    calls: list[tuple[Any, ...]],
) -> None:
    store, model = KvStore(), dict[str, Any]()
    for operation, *arguments in calls:
        twin = store.copy()
        key = arguments[0]
        expected: Any = None
        if operation == "set":
            model[key] = arguments[1]
        elif operation == "delete":
            expected = key in model
            model.pop(key, None)
        elif operation == "get":
            expected = model.get(key)
        else:
            expected = sorted(name for name in model if name.startswith(key))
        assert call(store, operation, *arguments) == expected
        assert call(twin, operation, *arguments) == expected
