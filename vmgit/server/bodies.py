"""Bodies of requests, taken at their word: JSON of exactly the shape that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from vmgit.errors import UsageError

T = TypeVar("T")


class MediaTypeError(UsageError):
    """The body is of another media type than the one that is understood."""

    code = "unsupported_media_type"
    http_status = 415


def decoded(content: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Return a JSON body as its shape. Raises `UsageError` saying where it is something else."""
    try:
        return decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"the body is not what was expected: {error}.", code="body") from error


def require_json(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise `MediaTypeError` unless a request says that its body is JSON."""
    given = next((value for name, value in headers if name == b"content-type"), b"")
    if given.partition(b";")[0].strip().lower() != b"application/json":
        raise MediaTypeError(
            f"the body must be application/json, not {given.decode('latin-1') or 'unnamed'}.",
            details={"content_type": given.decode("latin-1")},
        )
