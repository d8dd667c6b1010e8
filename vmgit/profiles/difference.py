"""What differs between two effective profiles, key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vmgit.profile import Profile

from .plain import plain


class Difference(msgspec.Struct, frozen=True):
    """A key that two profiles have different values for, as a profile's file would write them."""

    key: str
    left: Any
    right: Any


def differences(left: Profile, right: Profile) -> list[Difference]:
    """Return the keys of the effective profiles that differ, in the order of the schema.

    What a profile is called and what it extends does not count; a description does.
    """
    keys, other = dict(_flat(plain(left))), dict(_flat(plain(right)))
    return [Difference(key, keys[key], other[key]) for key in keys if keys[key] != other[key]]


def _flat(tables: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value
