"""Adds grants to a profile's file, and takes grants away again.

Both begin with what the effective profile grants: what a parent grants stays granted, and can be
taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vmgit.errors import NotFoundError, UsageError
from vmgit.profile import LoadedProfile
from vmgit.profile_edit import parse_assignment, parse_key, readings

from .editor import Current, Proposal, Step
from .plain import plain, value_of

_TABLE = "capabilities"
#: What says how something may be done, and grants nothing by itself.
_HOW = ("fetch", "methods")
#: A list of databases stands for those that may be read: what may be written stays as it is.
_LONG: dict[tuple[str, ...], tuple[str, ...]] = {("sqlite",): ("sqlite", "read")}


def grant(assignment: str) -> Step:
    """Return the step that adds a grant, such as `fs.read=data/**`; a TOML array adds all of it.

    Raises `UsageError`.
    """
    key, text = parse_assignment(assignment)
    key = _LONG.get(key, key)

    def step(current: Current) -> Sequence[Proposal]:
        granted = value_of(current.loaded.effective, (_TABLE, *key))
        if not isinstance(granted, list):
            return [Proposal((_TABLE, *key), readings(text))]
        added = [_listed(value) for value in readings(text)]
        values = [[*granted, *(one for one in more if one not in granted)] for more in added]
        return [Proposal((_TABLE, *key), values)]

    return step


def revoke(text: str) -> Step:
    """Return the step that takes a grant away: `fs.read=data/**`, or all of `fs.read`, `fs`, `kv`.

    Raises `UsageError`; the step raises `NotFoundError` when the profile does not grant it.
    """
    name, equals, _ = text.partition("=")
    key = parse_key(name)
    value = parse_assignment(text)[1] if equals else None
    if value is not None:
        key = _LONG.get(key, key)

    def step(current: Current) -> Sequence[Proposal]:
        granted = value_of(current.loaded.effective, (_TABLE, *key))
        if value is None:
            proposals = list(_without(key, granted))
            if not proposals:
                raise _not_granted(text, current.loaded)
            return proposals
        if not isinstance(granted, list):
            raise UsageError(f"{name} is no list.", hints=[f"Write {name} without a value."])
        for gone in map(_listed, readings(value)):
            if gone and all(one in granted for one in gone):
                return [Proposal((_TABLE, *key), [[one for one in granted if one not in gone]])]
        raise _not_granted(text, current.loaded)

    return step


def _without(key: tuple[str, ...], granted: Any) -> Sequence[Proposal]:
    """Return what grants nothing of a key any more, below it too."""
    if granted is True:
        return [Proposal((_TABLE, *key), [False])]
    if isinstance(granted, list):
        return [Proposal((_TABLE, *key), [[]])] if granted else []
    if isinstance(granted, dict):
        parts = [((*key, name), value) for name, value in granted.items()]
        below = [_without(part, value) for part, value in parts if part != _HOW]
        return [proposal for one in below for proposal in one]
    return []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _not_granted(text: str, loaded: LoadedProfile) -> NotFoundError:
    shown = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in _all(loaded)]
    grants = f"it grants {', '.join(shown)}" if shown else "it grants nothing"
    return NotFoundError(
        f"{loaded.path} was not changed: {loaded.name} does not grant {text}.",
        hints=[grants],
        details={"profile": loaded.name, "grant": text},
    )


def _all(loaded: LoadedProfile) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in plain(loaded.effective)[_TABLE].items():
        below = value.items() if isinstance(value, dict) else [("", value)]
        parts = [(name, key, item) for key, item in below if item and (name, key) != _HOW]
        found += [(f"{name}.{key}" if key else name, item) for name, key, item in parts]
    return found
