"""Canonical JSON: one byte sequence for one value.

Event payloads, outcomes and digests all use it, so that equal content has equal bytes. Text is
ASCII, keys are sorted, no whitespace; NaN and infinities are refused because JSON has none.
"""

from __future__ import annotations

from typing import Any


def canonical_json(value: Any) -> str:
    """Return `value` (JSON-compatible builtins) as canonical ASCII JSON.

    Raises `ValueError` for NaN and infinities and `TypeError` for anything JSON cannot hold.
    """
    import json

    return json.dumps(
        value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def canonical_digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of `value` as 64 hex digits."""
    # OpenSSL takes 5 ms to load, and commands that only read have nothing to hash.
    import hashlib

    return hashlib.sha256(canonical_json(value).encode("ascii")).hexdigest()
