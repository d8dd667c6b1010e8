"""Texts and bytes in the arguments and results of calls, which are JSON: bytes are base64."""

from __future__ import annotations

import base64
import binascii
from typing import Any


class NoBytes(Exception):
    """A value that is neither `{text}` nor `{base64}`; the message says why."""


def given_bytes(value: Any) -> bytes:
    """Return the bytes of `{"text": ...}` (as UTF-8) or `{"base64": ...}`. Raises `NoBytes`."""
    match value:
        case {"text": str(text), **others} if not others:
            try:
                return text.encode()
            except UnicodeEncodeError:
                raise NoBytes("the text holds half a surrogate pair") from None
        case {"base64": str(text), **others} if not others:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                raise NoBytes("that is no base64") from None
    raise NoBytes("expected a string or bytes")


def told_bytes(content: bytes) -> dict[str, str]:
    """Return bytes as base64."""
    return {"base64": base64.b64encode(content).decode("ascii")}
