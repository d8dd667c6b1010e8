"""The door to the outside: grants are checked at every call, and every answer is in our words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from vmgit.answer import Answer
from vmgit.host.capability import Arguments, bad_arguments
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.outcome import Fault
from vmgit.profile import Capabilities, Profile

GRANTED = Profile()
DENIED = Profile(capabilities=Capabilities(kv=False))
OUTSIDE = Surroundings(Path("/nonexistent"))


def test_a_granted_call_is_answered() -> None:
    store = KvStore()
    registry = Registry(GRANTED, kv=store, surroundings=OUTSIDE)
    assert registry.call("kv.set", {"key": "a", "value": {"n": 1}}) == Answer()
    assert registry.call("kv.get", {"key": "a"}) == Answer(result={"n": 1})
    assert registry.call("kv.list", {}) == Answer(result=["a"])
    assert registry.call("kv.delete", {"key": "a"}) == Answer(result=True)
    assert store.list() == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shop", 'kv.get is not granted by profile "shop": [capabilities] kv = true'),
        ("", "kv.get is not granted by the profile: [capabilities] kv = true"),
    ],
)
def test_a_denial_names_the_missing_grant(name: str, message: str) -> None:
    answer = Registry(DENIED, kv=KvStore(), surroundings=OUTSIDE, name=name).call(
        "kv.get", {"key": "a"}
    )
    assert answer == Answer(error=Fault("CapabilityError", message, code="denied"))


def test_the_grant_is_checked_at_every_call() -> None:
    store = KvStore()
    registry = Registry(GRANTED, kv=store, surroundings=OUTSIDE)
    registry.call("kv.set", {"key": "a", "value": 1})
    registry.set_profile(DENIED)
    denied = registry.call("kv.set", {"key": "a", "value": 2})
    assert denied.error is not None
    assert denied.error.code == "denied"
    assert store.get("a") == 1
    registry.set_profile(GRANTED)
    assert registry.call("kv.get", {"key": "a"}) == Answer(result=1)


def test_a_denied_call_learns_nothing_about_its_arguments() -> None:
    registry = Registry(DENIED, kv=KvStore(), surroundings=OUTSIDE)
    for operation in ("get", "set", "delete", "list"):
        error = registry.call(f"kv.{operation}", {"odd": [1]}).error
        assert error is not None
        assert error.code == "denied"


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ("kv.put", 'kv has no operation "put", only delete, get, list, set'),
        ("kv", 'kv has no operation "", only delete, get, list, set'),
        ("kv.get.x", 'kv has no operation "get.x", only delete, get, list, set'),
        ("kv.__class__", 'kv has no operation "__class__", only delete, get, list, set'),
        ("", 'there is no capability ""'),
        (".get", 'there is no capability ""'),
        ("KV.get", 'there is no capability "KV"'),
        ("process.exit", 'there is no capability "process"'),
        ("a\n\ud800" + "x" * 100, 'there is no capability "a\\n\\ud800' + "x" * 54 + '..."'),
    ],
)
def test_an_unknown_operation_is_an_answer(op: str, message: str) -> None:
    answer = Registry(GRANTED, kv=KvStore(), surroundings=OUTSIDE).call(op, {})
    assert answer == Answer(error=Fault("CapabilityError", message, code="unknown"))


def test_every_capability_of_a_profile_is_answered_for() -> None:
    registry = Registry(GRANTED, kv=KvStore(), surroundings=OUTSIDE)
    for name in Capabilities.__struct_fields__:
        if name == "console":  # captured in the realm, not asked of the host
            continue
        error = registry.call(f"{name}.none", {}).error
        assert error is not None
        assert "there is no capability" not in error.message


@pytest.mark.parametrize("request_", [None, "a", 1, ["a"]])
def test_a_request_that_is_no_object_is_a_type_error(request_: Any) -> None:
    answer = Registry(GRANTED, kv=KvStore(), surroundings=OUTSIDE).call("kv.get", request_)
    message = "kv.get: the request must be an object"
    assert answer == Answer(error=Fault("TypeError", message))


class Moody:
    """A capability whose operations fail in the ways that a real one may."""

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        return {"break": self._break, "complain": self._complain}

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        return None

    def _break(self, arguments: Arguments) -> Any:
        raise FileNotFoundError(2, "No such file or directory", "/home/somebody/secret")

    def _complain(self, arguments: Arguments) -> Any:
        raise bad_arguments("moody.complain", "a compliment")


def test_a_bug_in_a_capability_is_logged_and_shows_nothing_of_python(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = Registry(GRANTED, kv=KvStore(), surroundings=OUTSIDE)
    registry._capabilities["moody"] = Moody()
    with caplog.at_level(logging.ERROR):
        answer = registry.call("moody.break", {})
    message = 'the host failed to answer "moody.break"'
    assert answer == Answer(error=Fault("InternalError", message, code="internal"))
    [record] = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], FileNotFoundError)
    complaint = Fault("TypeError", "moody.complain: expected a compliment")
    assert registry.call("moody.complain", {}) == Answer(error=complaint)
