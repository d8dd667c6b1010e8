"""Environment variables: granted names only, and nothing about the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vmgit.answer import Answer
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.profile import Capabilities, Profile

ENVIRON = {"APP_KEY": "k1", "APP_EMPTY": "", "HOME": "/h", "BAD": "\udcff", "ünï": "x"}


def registry(*patterns: str) -> Registry:
    """A registry that grants variables."""
    profile = Profile(capabilities=Capabilities(env=patterns))
    outside = Surroundings(Path("/nonexistent"), environ=ENVIRON)
    return Registry(profile, kv=KvStore(), surroundings=outside)


def test_granted_variables_are_told() -> None:
    door = registry("APP_*", "BAD")
    assert door.call("env.get", {"name": "APP_KEY"}) == Answer("k1")
    assert door.call("env.get", {"name": "APP_EMPTY"}) == Answer("")
    assert door.call("env.get", {"name": "APP_NONE"}) == Answer(None)
    assert door.call("env.list", {}) == Answer(["APP_EMPTY", "APP_KEY", "BAD"])
    error = door.call("env.get", {"name": "BAD"}).error
    assert error is not None
    assert error.code == "EILSEQ"


def test_what_is_not_granted_is_denied_there_or_not() -> None:
    told = [registry("APP_*").call("env.get", {"name": name}).error for name in ("HOME", "NONE")]
    assert [error.code for error in told if error is not None] == ["denied", "denied"]
    messages = {error.message.replace("HOME", "NONE") for error in told if error is not None}
    assert messages == {'env.get is not granted by the profile: [capabilities] env = ["NONE"]'}
    listed = registry().call("env.list", {}).error
    assert listed is not None
    assert listed.code == "denied"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("get", {}),
        ("get", {"name": None}),
        ("get", {"name": 1}),
        ("get", {"name": ["HOME"]}),
        ("get", {"name": ""}),
        ("get", {"name": "A" * 256}),
        ("get", {"name": "A\0"}),
        ("get", {"name": "ünï"}),
        ("get", {"name": "\ud800"}),
        ("get", {"name": "HOME", "more": 1}),
        ("list", {"prefix": "A"}),
    ],
)
def test_hostile_requests_are_type_errors(operation: str, request_: Any) -> None:
    error = registry("*").call(f"env.{operation}", request_).error
    assert error is not None
    assert error.name == "TypeError"
