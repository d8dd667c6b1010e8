"""The JSON shapes of changes to profiles and of comparisons, for `--json`, Python and REST.

What profiles themselves look like is in `documents`.
"""

from __future__ import annotations

from typing import Any

import msgspec


class ProfileEditedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a profile's file.

    `values` are the keys that were asked for, with what the file has for them now, None for those
    that were taken out; `effective` is what holds for them. `next` are the commands that follow.
    """

    profile: str
    path: str
    changed: bool
    values: dict[str, Any]
    effective: dict[str, Any]
    next: tuple[str, ...]


class ProfileRemovedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A removed profile: `overridden` is what spoke against it, `next` what has to follow."""

    profile: str
    path: str
    overridden: tuple[str, ...]
    next: tuple[str, ...]


class ProfileSideDocument(msgspec.Struct, frozen=True):
    """One of two profiles that were compared; `at` is None for the worktree."""

    profile: str
    at: str | None
    digest: str


class DifferenceDocument(msgspec.Struct, frozen=True):
    """A key that two profiles have different values for, as a profile's file would write them."""

    key: str
    left: Any
    right: Any


class ProfileDiffDocument(msgspec.Struct, frozen=True):
    """What differs between two effective profiles, in the order of the schema."""

    left: ProfileSideDocument
    right: ProfileSideDocument
    differences: tuple[DifferenceDocument, ...]
