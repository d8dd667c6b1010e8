"""An effective profile as its file would write it: tables, lists, texts and numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vmgit.profile import Profile


def value_of(profile: Profile, key: Sequence[str]) -> Any:
    """Return what an effective profile has for a key or a table, None where it has nothing."""
    found: Any = plain(profile)
    for part in key:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def plain(profile: Profile) -> dict[str, Any]:
    """Return every key of a profile but `extends`; startup entries in their short form."""
    tables: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(profile))
    del tables["extends"]
    tables["startup"] = [
        entry["path"] if entry["mode"] == "auto" else entry for entry in tables["startup"]
    ]
    return tables
