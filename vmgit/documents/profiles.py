"""The documents of profiles."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class ProfileSummaryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A profile in a list; one that is bad has only its name and its `error`."""

    profile: str
    description: str | UnsetType = UNSET
    refresh: str | UnsetType = UNSET
    startup: tuple[str, ...] | UnsetType = UNSET
    files: int | UnsetType = UNSET
    error: str | UnsetType = UNSET


class ProfileDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A profile: the file it stands in, those it extends, and its settings as TOML has them.

    `digest` is that of the effective profile, 64 hex digits.
    """

    profile: str
    path: str
    chain: tuple[str, ...]
    digest: str
    settings: dict[str, Any]


class ProfileCheckDocument(msgspec.Struct, frozen=True):
    """What is wrong with a profile: each error has `message` and, where known, `file`, `line`,
    `column`, `key` and `hint`.
    """

    profile: str
    errors: tuple[dict[str, Any], ...]
