"""What differs between two effective profiles, key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmgit.profile import Profile
from vmgit.profile_documents import DifferenceDocument

from .plain import plain


def differences(left: Profile, right: Profile) -> tuple[DifferenceDocument, ...]:
    """Return the keys of the effective profiles that differ, in the order of the schema.

    What a profile is called and what it extends does not count; a description does.
    """
    keys, other = dict(_flat(plain(left))), dict(_flat(plain(right)))
    found = (key for key in keys if keys[key] != other[key])
    return tuple(DifferenceDocument(key, keys[key], other[key]) for key in found)


def _flat(tables: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value
