"""Differences are named by key, with values as a file would write them."""

from __future__ import annotations

import msgspec
import pytest

from vmgit.profile import Profile
from vmgit.profiles.difference import differences


def profile(**tables: object) -> Profile:
    return msgspec.convert(tables, Profile)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({}, {}, []),
        ({"extends": "a"}, {"extends": "b"}, []),
        ({"limits": {"cpu_ms": 10}}, {"limits": {"cpu_ms": 20}}, [("limits.cpu_ms", 10, 20)]),
        ({"limits": {"cpu_ms": 2000}}, {}, []),
        ({}, {"description": "x"}, [("description", "", "x")]),
        (
            {"capabilities": {"fs": {"read": ["a"]}, "kv": False}},
            {"capabilities": {"fs": {"read": ["b", "a"]}}},
            [("capabilities.fs.read", ["a"], ["b", "a"]), ("capabilities.kv", False, True)],
        ),
        (
            {"startup": [{"path": "a.js"}]},
            {"startup": [{"path": "a.js", "mode": "module"}]},
            [("startup", ["a.js"], [{"path": "a.js", "mode": "module"}])],
        ),
    ],
)
def test_what_differs(
    left: dict[str, object], right: dict[str, object], expected: list[tuple[str, object, object]]
) -> None:
    found = differences(profile(**left), profile(**right))
    assert [(one.key, one.left, one.right) for one in found] == expected
